const PATIENCE_MS = 2_000;
const TICK_MS = 1_000;

interface Terminal {
  write(text: string): unknown;
}

/** After two seconds a line says what is being waited for, and counts; it goes when the answer is there. */
export async function waiting<Answer>(what: string, asked: Promise<Answer>, terminal: Terminal): Promise<Answer> {
  const begun = Date.now();
  let shown = false;
  const show = () => {
    shown = true;
    terminal.write(`\r${what} … ${Math.floor((Date.now() - begun) / 1_000)} s`);
  };
  let ticks: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    show();
    ticks = setInterval(show, TICK_MS);
  }, PATIENCE_MS);
  try {
    return await asked;
  } finally {
    clearTimeout(first);
    clearInterval(ticks);
    if (shown) terminal.write('\r\u001B[K');
  }
}
