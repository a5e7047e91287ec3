/** Which pages a user is offered. The server decides; this only spares dead ends. */
import { mayDo } from '@/api/meta'

const NEEDS: Record<string, string[]> = {
  '/obligations': ['obligations.view'],
  '/notices': ['notices.view'],
  '/directory': ['directory.view'],
  '/duty': ['duty.view'],
  '/exposure': ['exposure.view'],
  '/stuck': ['stuck.view'],
  '/journal': ['journal.view'],
  '/accounts': ['users.view', 'grants.view', 'delegations.view'],
}

export const mayOpen = (path: string): boolean => NEEDS[path]?.some(mayDo) ?? true
