/**
 * Floating-point operations that a training step and a generation cannot do without, over real tokens: only products of
 * matrices count, a multiplication and an addition are two operations. docs/performance.md derives the formulas.
 */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** A product of [rows × from] by [from × to]. */
const product = (rows, from, to) => 2 * rows * from * to;

/** Forward, and how often it is paid: once, twice with the gradient of the input, three times with the weights' too. */
const passes = { forward: 1, frozen: 2, trained: 3 };

/** Forward of the mapper for B rows: the last layer asks at the P prefix positions only. */
function mapperFlop(B, { inputWidth: C, decoderWidth: E, prefixLength: P, latentLength: L, layers, mlpRatio: r }) {
  const S = L + P;
  const layer = (asked) => {
    const projections = product(B * S, E, 2 * E) + product(B * asked, E, 2 * E) + 2 * product(B * asked, E, r * E);
    return projections + 2 * B * product(asked, E, S);
  };
  return { unpack: product(B, C, L * E), layers: (layers - 1) * layer(S) + layer(P) };
}

/** Forward of the decoder for sequences of these lengths, asked in the last layer at so many positions. */
function decoderFlop(lengths, asked, { n_embd: E, n_layer: layers, vocab_size: V }) {
  const N = sum(lengths);
  const A = sum(asked);
  const attention = (of) => 2 * sum(lengths.map((length, i) => product(of[i], E, length)));
  const layer = (rows, of) =>
    product(N, E, 2 * E) + product(rows, E, 2 * E) + 2 * product(rows, E, 4 * E) + attention(of);
  return (layers - 1) * layer(N, lengths) + layer(A, asked) + product(A, E, V);
}

/** A step: the mapper is trained, the decoder frozen; the first product's input needs no gradient. */
export function stepFlop(mapper, decoder, batch) {
  const lengths = batch.map(({ tokens }) => mapper.prefixLength + tokens.length - 1);
  const asked = batch.map(({ tokens }) => tokens.length);
  const { unpack, layers } = mapperFlop(batch.length, mapper);
  return 2 * unpack + passes.trained * layers + passes.frozen * decoderFlop(lengths, asked, decoder);
}

/** One row's generation: the prefix once, then K beams token by token against the cache. */
export function generationFlop(prefixLength, beams, tokens, { n_embd: E, n_layer: layers, vocab_size: V }) {
  const prompt = decoderFlop([prefixLength], [1], { n_embd: E, n_layer: layers, vocab_size: V });
  const steps = Array.from({ length: tokens - 1 }, (_, i) => {
    const attention = 2 * product(1, E, prefixLength + i + 1);
    return beams * (layers * (product(1, E, 12 * E) + attention) + product(1, E, V));
  });
  return prompt + sum(steps);
}
