/** Where the map stood before a station was looked at, or that it showed the whole district, which fits another size of the map in another way. */
export type Stand<Camera> = Camera | 'whole'

/**
 * The way back from a station. From one station to the next the first stand is kept; who moves the map himself while he looks at a station wants it
 * where he has put it.
 */
export class WayBack<Camera> {
  private stand: Stand<Camera> | null = null
  private isAway = false

  go(from: () => Stand<Camera>): void {
    if (!this.isAway) this.stand = from()
    this.isAway = true
  }

  /** The map was moved by hand. */
  forget(): void {
    this.stand = null
  }

  /** Another view begins with the whole district, also once the station that is open is closed. */
  begin(): void {
    this.stand = 'whole'
  }

  /** Where to go, null to stay. */
  come(): Stand<Camera> | null {
    const stand = this.isAway ? this.stand : null
    this.isAway = false
    this.stand = null
    return stand
  }

  get away(): boolean {
    return this.isAway
  }
}
