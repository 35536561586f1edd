/** Says which alerts have newly come to wait for an officer; those that come close together are told together. */
export class NewsWatch {
  private known: ReadonlySet<string> | null = null
  private readonly untold = new Set<string>()
  private toldAt = -Infinity

  /** More often than every so many ms nothing is told: in a storm red alerts come by the dozen. */
  constructor(private readonly everyMs: number) {}

  /** Those that wait now; the first look only learns them: they are no news. */
  look(waiting: ReadonlySet<string>, at: number): readonly string[] {
    if (this.known) for (const id of waiting) if (!this.known.has(id)) this.untold.add(id)
    this.known = waiting
    // Taken by an officer while the last news was too near: nothing left to tell.
    for (const id of this.untold) if (!waiting.has(id)) this.untold.delete(id)
    if (!this.untold.size || at - this.toldAt < this.everyMs) return []
    const news = [...this.untold]
    this.untold.clear()
    this.toldAt = at
    return news
  }
}
