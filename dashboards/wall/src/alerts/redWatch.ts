/** More often than this a tone is noise: in a storm red alerts come by the dozen. */
export const TONE_EVERY_MS = 10_000

/** Says when a red alert has newly come to wait for an officer; several that come close together are told once. */
export class RedWatch {
  private known: ReadonlySet<string> | null = null
  private readonly untold = new Set<string>()
  private toldAt = -Infinity

  /** Those that wait now; the first look only learns them: they are no news. */
  look(reds: ReadonlySet<string>, at: number): boolean {
    if (this.known) for (const id of reds) if (!this.known.has(id)) this.untold.add(id)
    this.known = reds
    // Taken by an officer while the last tone was too near: nothing left to tell.
    for (const id of this.untold) if (!reds.has(id)) this.untold.delete(id)
    if (!this.untold.size || at - this.toldAt < TONE_EVERY_MS) return false
    this.untold.clear()
    this.toldAt = at
    return true
  }
}
