import { expect, test } from 'vitest'
import { waterClass } from '../src/kpi/waterClass'

/** GB 3838-2002 table 1; limits belong to the better class. */
test.each([
  [{ codmn: 2, ammonia_nitrogen: 0.15, total_phosphorus: 0.02, dissolved_oxygen: 7.5 }, 1, 'codmn'],
  [{ codmn: 6, dissolved_oxygen: 5 }, 3, 'codmn'],
  [{ codmn: 6.01, dissolved_oxygen: 8 }, 4, 'codmn'],
  [{ codmn: 1, ammonia_nitrogen: 2.01 }, 6, 'ammonia_nitrogen'],
  [{ codmn: 1, dissolved_oxygen: 2 }, 5, 'dissolved_oxygen'],
  [{ codmn: 1, dissolved_oxygen: 1.9 }, 6, 'dissolved_oxygen'],
  [{ codmn: 1, total_phosphorus: 0.1 }, 2, 'total_phosphorus'],
  [{ codmn: 1, ph: 9.1 }, 6, 'ph'],
  [{ codmn: 1, ph: 9 }, 1, 'codmn'],
])('%j is class %i by %s', (values, grade, factor) => expect(waterClass(values, false)).toEqual({ grade, factor }))

test('phosphorus of lakes has limits of its own, and without a factor there is no class', () => {
  expect(waterClass({ total_phosphorus: 0.1 }, true)?.grade).toBe(4)
  expect(waterClass({ turbidity: 3 }, false)).toBeNull()
})
