/** How many obligations are mine: asked when something changes, not on every page. */
import { shallowRef } from 'vue'
import { api } from '@/api/client'
import { onStream } from '@/api/stream'

export const owedCounts = shallowRef({ open: 0, late: 0 })
const EVERY = 60_000
let timer: ReturnType<typeof setInterval> | undefined

export async function countOwed(): Promise<void> {
  try {
    owedCounts.value = await api.get<{ open: number; late: number }>('/obligations/count')
  } catch {
    // The count is a convenience; the page itself shows why it cannot be had.
  }
}

export function followOwed(): () => void {
  void countOwed()
  clearInterval(timer)
  timer = setInterval(() => void countOwed(), EVERY)
  const forget = onStream((event) => {
    if (['obligation', 'notice', 'answer'].includes(event.event)) void countOwed()
  })
  return () => {
    clearInterval(timer)
    forget()
  }
}
