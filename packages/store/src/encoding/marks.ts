/** What stands beside a value: JavaScript does not keep a NaN's payload, so what Prometheus says by one is said here. */

/** A sample like any other. */
export const PRESENT = 0;
/** The series went stale here: Prometheus's NaN 0x7ff0000000000002. */
export const STALE = 1;
/** There is no sample of this series at this timestamp. */
export const ABSENT = 2;
/** NaN, as encoded: kept out of the numbers, which are decimal more often without it. */
export const NOT_A_NUMBER = 3;
