import { ref } from 'vue'
import english from './en.json'
import chinese from './zh-CN.json'

export type Language = 'zh-CN' | 'en'
export type TextKey = keyof typeof chinese

const books: Record<Language, Record<string, string>> = { 'zh-CN': chinese, en: english }
const KEY = 'luohu.language'

export const language = ref<Language>(localStorage.getItem(KEY) === 'en' ? 'en' : 'zh-CN')

export function speak(chosen: Language): void {
  language.value = chosen
  localStorage.setItem(KEY, chosen)
  document.documentElement.lang = chosen
  document.title = say('title')
}

/** The text in the reader's language with {0}-style places filled. */
export function say(key: TextKey, ...values: (string | number)[]): string {
  return (books[language.value][key] ?? key).replace(/\{(\d)\}/g, (_, place: string) => String(values[Number(place)] ?? ''))
}

/** A text whose key is put together from data; the last part of the key when there is none. */
export function sayOf(group: string, name: string): string {
  return books[language.value][`${group}.${name}`] ?? name
}
