import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, shallowRef } from 'vue'
import { firstMoved, inPlace, useAim, useUnseen } from '../src/views/steady'

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
    // Busy for too long: the movement is told of after the time.
    vi.advanceTimersByTime(200)
    aim(move('mouse'))
    vi.advanceTimersByTime(3_200)
    expect(aimed.value).toBe(true)
    vi.advanceTimersByTime(100)
    expect(aimed.value).toBe(false)
    aim(move('pen'))
    release()
    expect(aimed.value).toBe(false)
    expect(begins).toHaveBeenCalledTimes(2)
  })

  it('is known of a finger only while it presses and shortly after, though it leaves with every press', () => {
    const finger = (type: string): PointerEvent => ({ pointerType: 'touch', type }) as PointerEvent
    const { aimed, aim, leave } = effectScope().run(() => useAim(() => undefined))!
    aim(finger('pointermove'))
    expect(aimed.value).toBe(false)
    aim(finger('pointerdown'))
    leave(finger('pointerleave'))
    expect(aimed.value).toBe(true)
    vi.advanceTimersByTime(3_250)
    expect(aimed.value).toBe(false)
  })
})

describe('a line that has only just come to where it is', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('begins where the order differs', () => {
    expect(firstMoved(['a', 'b', 'c'], ['a', 'new', 'b', 'c'])).toBe(1)
    expect(firstMoved(['a', 'b'], ['a', 'b', 'new'])).toBe(2)
    expect(firstMoved(['a', 'b'], ['a', 'b'])).toBe(2)
    expect(firstMoved(['a', 'b'], ['a'])).toBe(1)
  })

  it('is not what a press was meant for, until it could be seen', async () => {
    const keys = shallowRef(['a', 'b', 'c'])
    const isUnseen = effectScope().run(() => useUnseen(() => keys.value))!
    expect(isUnseen(0)).toBe(false)
    keys.value = ['a', 'c', 'b']
    await nextTick()
    expect([0, 1, 2].map(isUnseen)).toEqual([false, true, true])
    vi.advanceTimersByTime(300)
    keys.value = ['a', 'c', 'd', 'b']
    await nextTick()
    vi.advanceTimersByTime(300)
    // The line above has been seen for long enough but moved with the others less than that ago: the doubt is theirs too.
    expect([0, 1, 2].map(isUnseen)).toEqual([false, true, true])
    vi.advanceTimersByTime(200)
    expect([0, 1, 2].map(isUnseen)).toEqual([false, false, false])
  })
})
