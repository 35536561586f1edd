import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { clock, clockOfDay, dateTime, minute, minuteOfDay } from '../src/texts/format'
import { language } from '../src/texts/texts'
import english from '../src/texts/en.json'
import chinese from '../src/texts/zh-CN.json'

const books: Record<string, Record<string, string>> = { 'zh-CN': chinese, en: english }
const places = (text: string): string => [...text.matchAll(/\{\d\}/g)].map((m) => m[0]).sort().join()

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? sources(path) : /\.(ts|vue)$/.test(name) ? [path] : []
  })
}

test('both languages say the same things', () => {
  expect(Object.keys(english)).toEqual(Object.keys(chinese))
  for (const [key, text] of Object.entries(books['zh-CN']!)) expect(places(books['en']![key]!), key).toBe(places(text))
})

test('the English texts hold no Chinese but the name of the other language', () => {
  // A suffix that is cut from names of stations, which are Chinese in either language.
  const named = ['other-language', 'quality.suffix']
  for (const [key, text] of Object.entries(english)) if (!named.includes(key)) expect(text, key).not.toMatch(/[\u3400-\u9fff]/)
})

test('no source holds a text of its own, and every text asked for by name is there', () => {
  for (const path of sources('src')) {
    const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    if (!path.endsWith('WaterQualityPanel.vue')) expect(code, path).not.toMatch(/[\u3400-\u9fff]/)
    for (const [, key] of code.matchAll(/\bsay\('([^']+)'/g)) expect(chinese, path).toHaveProperty([key!])
  }
})

test('metrics and units have the names that the host says in its sentences', () => {
  for (const [language, book] of Object.entries(books)) {
    const host = JSON.parse(readFileSync(`../../src/LuohuIOC/Texts/${language}.metrics.json`, 'utf8')) as Record<string, string>
    expect(book).toMatchObject(host)
    expect(Object.keys(book).filter((key) => key.startsWith('metric.')).length).toBe(Object.keys(host).filter((key) => key.startsWith('metric.')).length)
  }
})

test('every reason that the host gives for doubting a reading has words', () => {
  const host = readFileSync('../../src/LuohuIOC/Wall/ReadingView.cs', 'utf8')
  const reasons = [...host.matchAll(/QualityReason\.\w+ => "([a-z-]+)"/g)].map((m) => m[1]!)
  expect(reasons.length).toBeGreaterThan(9)
  for (const reason of reasons) expect(chinese).toHaveProperty([`quality-reason.${reason}`])
})

test('midnight is 00 in either language', () => {
  const midnight = Date.parse('2024-08-01T00:00:05+08:00')
  for (const spoken of ['zh-CN', 'en'] as const) {
    language.value = spoken
    expect([clock(midnight), minute(midnight), dateTime(midnight).split(/[ ,]+/).at(-1)], spoken).toEqual(['00:00:05', '00:00', '00:00:05'])
  }
  language.value = 'zh-CN'
})

test('a time that is not of today has its day', () => {
  vi.useFakeTimers({ now: Date.parse('2024-08-02T03:00:00+08:00') })
  const [yesterday, today] = [Date.parse('2024-08-01T23:50:07+08:00'), Date.parse('2024-08-02T00:10:07+08:00')]
  expect([minuteOfDay(today), clockOfDay(today)]).toEqual(['00:10', '00:10:07'])
  expect([minuteOfDay(yesterday), clockOfDay(yesterday)]).toEqual(['8/1 23:50', '8/1 23:50:07'])
  vi.useRealTimers()
})

test('every text is asked for', () => {
  const code = sources('src').map((path) => readFileSync(path, 'utf8')).join('\n')
  const groups = new Set([...code.matchAll(/sayOf\([`']([a-z-]+(?:\.[a-z]+)?)[`'.]/g)].map((m) => m[1]!))
  const built = new Set([...code.matchAll(/say\(`([a-z-]+)\.\$/g)].map((m) => m[1]!))
  const unused = Object.keys(chinese).filter((key) => {
    const group = key.split('.')[0]!
    return !code.includes(`'${key}'`) && !groups.has(group) && ![...groups].some((g) => key.startsWith(`${g}.`)) && !built.has(group) && group !== 'state'
  })
  expect(unused).toEqual([])
})
