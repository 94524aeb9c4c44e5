/** Made texts of the benchmarks: the same for every run and both sides. */
export const words =
  `no small large left right pleural effusion pneumothorax consolidation lobe lower upper base is seen without evidence of
mild cardiomegaly stable unchanged nodule granuloma calcified heart size normal lungs clear there acute bilateral atelectasis`.split(
    /\s+/,
  );

/** A stream of numbers in [0, 1) of its own for each name. */
export function stream(name) {
  let state = [...name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16777619), 2166136261);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Pairs of texts of `from` to `to` words; half of the hypotheses keep a share of the reference's words. */
export function pairsOf(count, from, to, share = 0.5) {
  const next = stream(`texts ${from} ${to}`);
  const upTo = (limit) => Math.floor(next() * limit);
  const some = (length) => Array.from({ length }, () => words[upTo(words.length)]);
  const length = () => from + upTo(to - from + 1);
  return Array.from({ length: count }, () => {
    const reference = some(length());
    const kept = next() < 0.5 ? reference.slice(0, Math.ceil(reference.length * share)) : [];
    const more = share === 1 && kept.length > 0 ? 0 : Math.max(1, length() - kept.length);
    return { hypothesis: [...kept, ...some(more)].join(" "), references: [reference.join(" ")] };
  });
}
