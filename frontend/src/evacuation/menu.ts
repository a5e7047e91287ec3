/** Links of evacuations in the menu, and what each needs. */
import { msg } from '@/locale'

export const EVACUATION = [{ to: '/evacuations', icon: 'household', title: msg('人员转移') }]
export const evacuationNeeds: Record<string, string[]> = { '/evacuations': ['evacuations.view'] }
