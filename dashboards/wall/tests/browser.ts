/** What the modules ask of a browser when they are loaded, for tests that run without one. */
class Memory {
  private readonly items = new Map<string, string>()
  getItem = (key: string): string | null => this.items.get(key) ?? null
  setItem = (key: string, value: string): void => void this.items.set(key, value)
  removeItem = (key: string): void => void this.items.delete(key)
}

Object.assign(globalThis, {
  localStorage: new Memory(), sessionStorage: new Memory(), location: { hash: '', origin: 'http://localhost' }, addEventListener: () => undefined, removeEventListener: () => undefined,
  history: { pushState: () => undefined }, document: { documentElement: {}, title: '', createElement: () => ({}) },
})
