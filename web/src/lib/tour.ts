// The stops of the tour: where, what is to be seen, and something to do.

export interface Stop {
  address: string;
  /** The picture that is spoken of, by its title. */
  figure?: string;
  text: string;
  try: string;
}

export const STOPS: readonly Stop[] = [
  {
    address: '#/notebook?text=HELL&step=3',
    figure: 'The page after every letter',
    text: 'The network reads HELL letter by letter. Each column is its page of notes after a letter, each row one unit. The bars are what it expects next.',
    try: 'move along the letters with the arrow keys, then add an O to the text.',
  },
  {
    address: '#/notebook?text=HELL&step=2&torn=1',
    figure: 'Pinned pages',
    text: 'Both L’s are the same letter, yet the expectations differ, because the notes differ. Here the page after E was torn out.',
    try: 'put the page back and compare.',
  },
  {
    address: '#/telephone',
    figure: 'What comes back',
    text: 'Learning goes backwards: the gradient passes every link, and each link changes it by a factor. The caption is computed from the curve, and it may contradict the textbook.',
    try: 'move the forget bias and watch how far the gradient reaches.',
  },
  {
    address: '#/gates',
    figure: 'Inside the cell',
    text: 'Gates decide what is kept, written and shown. The cell is drawn with its own numbers at the cursor.',
    try: 'hold the forget gate shut and see everything after it change.',
  },
  {
    address: '#/bank',
    figure: 'What the change reaches',
    text: 'A tagger that reads in both directions. A later word changes the states before it only in the layer that reads backward.',
    try: 'replace the last word.',
  },
  {
    address: '#/tower',
    figure: 'The tower',
    text: 'Layers on layers, on one time axis. The gradient is measured at each of them.',
    try: 'add layers, then switch the residual connections on.',
  },
  {
    address: '#/patterns',
    figure: 'The network unrolled',
    text: 'One answer for a sequence, a sequence for one picture, an answer at every step, or another sequence: with a small trained model for each.',
    try: 'type a word of your own and read what the model answers.',
  },
  {
    address: '#/race',
    text: 'Three cells learn the same task side by side, by the library’s own training loop.',
    try: 'press Start, then change the learning rate while it runs.',
  },
  {
    address: '#/own',
    text: 'Any model that Remy trained can be looked into, compared with another on the same input, and saved as a page that works without the lab.',
    try: 'start the lab with a folder of your runs: remy lab FOLDER.',
  },
];
