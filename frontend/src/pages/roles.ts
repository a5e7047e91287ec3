import { shallowRef } from 'vue'
import { api } from '@/api/client'
import type { RoleTitle } from '@/api/work'

export const roles = shallowRef<RoleTitle[]>([])

export async function loadRoles(): Promise<void> {
  if (!roles.value.length) {
    roles.value = (await api.get<{ items: RoleTitle[] }>('/roles')).items
  }
}
