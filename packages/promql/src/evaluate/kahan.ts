/**
 * Sums that do not lose what is small beside what is large: Kahan's summation as improved by Neumaier.
 * Source: Prometheus, promql/functions.go (`kahanSumInc`).
 */
export class KahanSum {
  sum = 0;
  compensation = 0;

  add(value: number): void {
    const total = this.sum + value;
    if (!Number.isFinite(total)) this.compensation = 0;
    else if (Math.abs(this.sum) >= Math.abs(value)) this.compensation += this.sum - total + value;
    else this.compensation += value - total + this.sum;
    this.sum = total;
  }

  get total(): number {
    return this.sum + this.compensation;
  }
}

/** The mean; where the sum overflows, it goes on with a running mean. Source: Prometheus, `funcAvgOverTime`. */
export class KahanMean {
  #count = 0;
  #sum = new KahanSum();
  #mean: KahanSum | undefined;

  add(value: number): void {
    this.#count += 1;
    if (this.#mean === undefined) {
      const before = this.#sum.sum;
      const compensation = this.#sum.compensation;
      if (this.#count === 1 || Number.isFinite(before + value) || !Number.isFinite(before) || !Number.isFinite(value)) {
        this.#sum.add(value);
        return;
      }
      this.#mean = new KahanSum();
      this.#mean.sum = before / (this.#count - 1);
      this.#mean.compensation = compensation / (this.#count - 1);
    }
    const mean = this.#mean;
    const share = (this.#count - 1) / this.#count;
    mean.sum *= share;
    mean.compensation *= share;
    mean.add(value / this.#count);
  }

  get mean(): number {
    return this.#mean === undefined
      ? this.#sum.sum / this.#count + this.#sum.compensation / this.#count
      : this.#mean.total;
  }
}
