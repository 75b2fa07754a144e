import type { Answer, Data, Path, Quarry } from "@quarry/client";
import type { Ask } from "./panels.js";

type AnyAnswer = Answer<Data<Path>>;

/** The last answers of an organisation, by what was asked. */
export type Answers = Map<string, AnyAnswer>;

/** Reads what panels ask. Panels that ask the same share one request; an answer that is still valid is not sent again. */
export class Reader {
  readonly #running = new Map<string, Promise<AnyAnswer>>();

  constructor(
    private readonly quarry: Quarry,
    private readonly answers: Answers,
    private readonly signal: AbortSignal,
  ) {}

  read(ask: Ask): Promise<AnyAnswer> {
    const key = JSON.stringify([ask.path, ask.parameters]);
    const running = this.#running.get(key);
    if (running !== undefined) {
      return running;
    }
    const started = this.#request(key, ask).finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }

  async #request(key: string, { path, parameters }: Ask): Promise<AnyAnswer> {
    // Each panel's `ask` has checked the types.
    const get = this.quarry.get.bind(this.quarry) as unknown as (path: Path, parameters: object, options: object) => Promise<AnyAnswer>;
    const answer = await get(path, parameters, { previous: this.answers.get(key), signal: this.signal });
    this.answers.set(key, answer);
    return answer;
  }
}
