// What the words mean, one or two sentences each.

export const TERMS = {
  state: {
    title: 'Hidden state h',
    text: 'The vector that a recurrent layer carries from step to step: all that it remembers of what it has read. A new one is written at every step from the old one and what is read.',
  },
  cellState: {
    title: 'Cell state c',
    text: "The LSTM's second vector. It is changed only by forgetting (times the forget gate) and adding (input gate times candidate), so values can pass many steps unharmed.",
  },
  gate: {
    title: 'Gate',
    text: 'A value between 0, shut, and 1, open, for every unit and step, computed from the state and the input. It decides how much passes.',
  },
  preactivation: {
    title: 'Sum before the curve',
    text: 'What a gate is before its sigmoid, or a candidate before its tanh: a part from the state before, through the recurrent kernel, and a part from what was read, with the bias.',
  },
  candidate: {
    title: 'Candidate',
    text: 'A new value between −1 and 1 for every unit, made from the state and the input. How much of it is written, a gate decides.',
  },
  input: {
    title: 'Input gate',
    text: 'How much of the candidate is added to the cell state of an LSTM.',
  },
  forget: {
    title: 'Forget gate',
    text: 'How much of the old cell state of an LSTM is kept. At 1 nothing is forgotten, in spite of the name.',
  },
  output: {
    title: 'Output gate',
    text: 'How much of the tanh of the cell state an LSTM shows as its state h.',
  },
  update: {
    title: 'Update gate',
    text: 'How much of its old state a GRU keeps; the rest comes from the candidate. Some books call the other share by this name.',
  },
  reset: {
    title: 'Reset gate',
    text: 'How much of the past a GRU lets into its candidate: of each unit’s product with the recurrent kernel (reset after), or of each state before the product (reset before).',
  },
  unit: {
    title: 'Unit',
    text: 'One number of the state. A layer with 32 units carries a vector of 32 numbers.',
  },
  step: {
    title: 'Step',
    text: 'One element of the sequence: a character, a word, a day. The network reads one at a time.',
  },
  gradient: {
    title: 'Gradient at a state',
    text: 'How the loss would change with each number of a state. Its norm says how much a step in the past still teaches.',
  },
  lag: {
    title: 'Lag',
    text: 'How many steps before the last one. The gradient at lag 20 has gone back through twenty links.',
  },
  link: {
    title: 'Factor of a link',
    text: 'The Frobenius norm of the Jacobian of a state by the state before: what one step does to a small change.',
  },
  roads: {
    title: 'The two roads back',
    text: 'In a gated cell the gradient goes back along the cell state, past all weights, and through the gates, by way of the recurrent kernel. Both parts are measured, and they add up.',
  },
  horizon: {
    title: 'Horizon',
    text: 'The first lag from which on the gradient is below 1 % of that at lag 0.',
  },
  timeConstant: {
    title: 'Time constant',
    text: 'In how many steps a unit forgets all but 37 % of what it holds, from the mean of the gate that keeps it.',
  },
  hold: {
    title: 'Holding a gate',
    text: 'The gate is set to a value instead of being computed. Everything before it stays as it was, everything after it is run again.',
  },
  loss: {
    title: 'Loss',
    text: 'How wrong the answer is; training makes it small. For choices among several it is the cross-entropy in nats.',
  },
  baseline: {
    title: 'Baseline',
    text: 'What the simplest thing anyone would try achieves. A model that does not beat it has learned nothing worth having.',
  },
  bidirectional: {
    title: 'Bidirectional',
    text: 'Two layers read the same sequence, one from the first step on, one from the last back, and both states are merged at every step.',
  },
  without: {
    title: 'Without a direction',
    text: 'All states of that direction are held at 0 and the answers computed anew. How far they move is half the sum of the absolute differences of the probabilities, from 0 to 1.',
  },
  merge: {
    title: 'Merge mode',
    text: 'How the states of both directions become one output: side by side (concat), added (sum), their mean (ave) or their product (mul).',
  },
  residual: {
    title: 'Residual connection',
    text: 'What a layer reads is added to what it writes, so that gradients also pass it by.',
  },
  parameters: {
    title: 'Parameters',
    text: 'The numbers that training sets: kernels, recurrent kernels, biases, embeddings and the output layer.',
  },
  units: {
    title: 'Units and layers',
    text: 'Units are the numbers in the state of a layer; layers are stacked, each reading the states of the one below.',
  },
  seed: {
    title: 'Seed',
    text: 'The number from which all that is random follows. Another seed shows what is chance.',
  },
  clipping: {
    title: 'Clipping',
    text: 'A gradient whose norm over all weights exceeds the limit is shortened to it. All lags shrink by the same factor, so it stops explosions and cures no vanishing.',
  },
  start: {
    title: 'Start',
    text: "First values of the weights. Keras's: orthogonal recurrent kernel and forget bias 1; PyTorch's: everything uniform within 1/√units.",
  },
  attention: {
    title: 'Attention',
    text: 'Where the decoder looks in what was read while it writes: shares that add up to 1 for every item that it writes.',
  },
  mask: {
    title: 'Mask',
    text: 'Says which steps count. Padding is masked: it changes no state and no loss.',
  },
  perplexity: {
    title: 'Probability',
    text: 'What the softmax makes of the scores: shares that add up to 1.',
  },
  target: {
    title: 'What is right',
    text: 'The answer that the loss is measured against. Left empty it is the known one, or else what the model itself says.',
  },
  beam: {
    title: 'Beam search',
    text: 'A decoder cannot try all sequences. It goes on with so many of the best beginnings at each step; with one, the likeliest item is always taken.',
  },
  attribution: {
    title: 'Contribution',
    text: 'What an item added to a score, measured at the vectors that the layer reads, against reading zeros. Gradient × input is the first order; leave one out reads zeros at one step; integrated gradients add up to the whole difference.',
  },
  influence: {
    title: 'Influence',
    text: 'One earlier input is swapped for another of the same sequence and the network runs again: how far the last answer moves. No gradient is used.',
  },
} as const;

export type TermName = keyof typeof TERMS;
