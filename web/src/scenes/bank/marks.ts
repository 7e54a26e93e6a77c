// What the tags of a tagger are called: marks in quotes where all of them are punctuation.

/** Whether every tag is a mark that may follow a word, or none. */
export function areMarks(tags: readonly string[]): boolean {
  const marks = tags.filter((tag) => tag !== 'none');
  return marks.length > 0 && marks.every((tag) => /^\p{P}+$/u.test(tag));
}

export function tagName(tag: string, tags: readonly string[]): string {
  if (!areMarks(tags)) return tag;
  return tag === 'none' ? 'no mark' : `“${tag}”`;
}
