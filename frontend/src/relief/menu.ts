/** Links of losses in the menu, and what each needs. */
import { msg } from '@/locale'

export const RELIEF = [{ to: '/losses', icon: 'ledger', title: msg('灾情统计') }]
export const reliefNeeds: Record<string, string[]> = { '/losses': ['losses.view'] }
