import type { RunProgress } from '../../events.js';

/** Says what a run is doing and how far it is. Displays read it; nothing that decides does. */
export class Activity {
  private current: (Omit<RunProgress, 'rows'> & { readonly from: number }) | undefined;

  /** @param rowsDone rows through the target LM since the start */
  constructor(private readonly rowsDone: () => number) {}

  get progress(): RunProgress | undefined {
    if (!this.current) return undefined;
    const { from, ...progress } = this.current;
    return { ...progress, rows: Math.min(progress.most, this.rowsDone() - from) };
  }

  /** Says what is done until `end`. What follows something else without an end keeps the best that it has named. */
  begin(doing: string, most: number): void {
    const best = this.current?.best;
    this.current = { doing, most, from: this.rowsDone(), ...(best ? { best } : {}) };
  }

  /** Says more closely what is done now; the rows are counted on. */
  tell(doing: string): void {
    if (this.current) this.current = { ...this.current, doing };
  }

  noteBest(best: NonNullable<RunProgress['best']>): void {
    if (this.current) this.current = { ...this.current, best };
  }

  end(): void {
    this.current = undefined;
  }
}
