import { LEARNT, type Net } from "./net.js";

/** A running average of a net's numbers, which is steadier than the last of them. */
export class Average {
  readonly net: Net;

  constructor(net: Net) {
    const copy = Object.fromEntries(LEARNT.map((name) => [name, { ...net[name], values: net[name].values.slice() }]));
    this.net = { ...net, ...copy };
  }

  /** Moves towards `net`: `decay` of the average stays. */
  add(net: Net, decay: number): void {
    for (const name of LEARNT) {
      const [mine, theirs] = [this.net[name].values, net[name].values];
      for (let i = 0; i < mine.length; i++) mine[i] += (1 - decay) * (theirs[i] - mine[i]);
    }
  }
}
