/** Run as a process of its own: reads the decoder folder it is given, and writes how many bytes of weights it holds. */
import { loadDecoder } from "../../dist/models/node/index.js";

const { weights } = await loadDecoder(process.argv[2]);
const bytes = [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
process.stdout.write(String(bytes));
