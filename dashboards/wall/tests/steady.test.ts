import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { inPlace, useAim } from '../src/views/steady'

const row = (key: string, value = 0): { key: string; value: number } => ({ key, value })

describe('lines that are aimed at', () => {
  it('stay where they stood, as they are now; what is new has no place and what is gone keeps its own', () => {
    const stood = [row('a'), row('b'), row('c')]
    expect(inPlace(stood, [row('new'), row('c', 1), row('a', 2)])).toEqual([row('a', 2), row('b'), row('c', 1)])
  })
})

describe('aiming', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const move = (pointerType: string): PointerEvent => ({ pointerType }) as PointerEvent

  it('begins with a movement and ends when the pointer leaves or lies still', () => {
    const begins = vi.fn()
    const { aimed, aim, release } = effectScope().run(() => useAim(begins))!
    aim(move('mouse'))
    expect(aimed.value).toBe(true)
    vi.advanceTimersByTime(2_900)
    aim(move('mouse'))
    vi.advanceTimersByTime(2_900)
    expect(aimed.value).toBe(true)
    vi.advanceTimersByTime(200)
    expect(aimed.value).toBe(false)
    aim(move('pen'))
    release()
    expect(aimed.value).toBe(false)
    expect(begins).toHaveBeenCalledTimes(2)
  })

  it('is not known of a finger', () => {
    const { aimed, aim } = effectScope().run(() => useAim(() => undefined))!
    aim(move('touch'))
    expect(aimed.value).toBe(false)
  })
})
