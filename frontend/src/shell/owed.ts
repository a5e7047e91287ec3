/** How many obligations are mine: asked every minute; on watch, whenever something changes. */
import { shallowRef } from 'vue'
import { api } from '@/api/client'
import { mayDo } from '@/api/meta'

export const owedCounts = shallowRef({ open: 0, late: 0 })
const EVERY = 60_000
let timer: ReturnType<typeof setInterval> | undefined

export async function countOwed(): Promise<void> {
  if (!mayDo('obligations.view')) return
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
  return () => clearInterval(timer)
}
