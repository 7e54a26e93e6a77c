// While a person scrubs, a frame has room for the pictures; what has to be read follows when the cursor rests.
import { untrack } from 'svelte';

/** Longer than a frame, shorter than the pause between two repeats of a key that is held down. */
const REST = 24;

/** A value as it was when it last stood still; called while a component is set up. */
export function resting<Value>(of: () => Value): { readonly value: Value } {
  let value = $state.raw(untrack(of));
  $effect(() => {
    const now = of();
    const timer = setTimeout(() => (value = now), REST);
    return () => clearTimeout(timer);
  });
  return {
    get value() {
      return value;
    },
  };
}
