/** Whether this browser's user has put the welcome away; the menu opens it again. */
import { ref } from 'vue'

const KEY = 'anlan.welcome'

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) === 'closed'
  } catch {
    return false
  }
}

export const closed = ref(stored())

export function setClosed(next: boolean): void {
  closed.value = next
  try {
    if (next) localStorage.setItem(KEY, 'closed')
    else localStorage.removeItem(KEY)
  } catch {
    // The choice then lasts for this page only.
  }
}
