/** Where in a body a series' names and values are, as its parser found them. One object serves all series. */

/** The metric's name, then name and value of each label: start and end of each, without quotes. */
export class SeriesPlaces {
  /** -1 until it is found, or where there is none, as in an exemplar. */
  nameStart = -1;
  nameEnd = -1;
  /** Four for each label; of them, {@link labels} labels count. It is replaced when it grows. */
  places = new Int32Array(64);
  /** How many labels there are. */
  labels = 0;

  clear(): void {
    this.nameStart = -1;
    this.labels = 0;
  }

  setName(start: number, end: number): void {
    this.nameStart = start;
    this.nameEnd = end;
  }

  addLabel(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const i = 4 * this.labels;
    if (i === this.places.length) {
      const places = new Int32Array(2 * i);
      places.set(this.places);
      this.places = places;
    }
    this.places[i] = nameStart;
    this.places[i + 1] = nameEnd;
    this.places[i + 2] = valueStart;
    this.places[i + 3] = valueEnd;
    this.labels++;
  }
}
