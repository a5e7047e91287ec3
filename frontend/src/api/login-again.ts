/** Who was logged in here when the server said that nobody is: they log in again over the page. */
import { shallowRef } from 'vue'
import { user } from './session'
import type { User } from './types'

export const again = shallowRef<User | null>(null)
const waiting = new Set<() => void>()

/** Tells whether somebody was logged in and is asked for the password over the page. */
export function askAgain(): boolean {
  again.value ??= user.value
  return again.value !== null
}

/** Does something once they are logged in again, until the returned function is called. */
export function whenLoggedIn(act: () => void): () => void {
  waiting.add(act)
  return () => waiting.delete(act)
}

export function comeBack(): void {
  again.value = null
  const all = [...waiting]
  waiting.clear()
  all.forEach((act) => act())
}
