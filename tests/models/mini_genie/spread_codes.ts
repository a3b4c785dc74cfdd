import type { Device } from "../../../lib/device/mod.ts";
import type { MiniGenie } from "../../../lib/models/mini_genie/mod.ts";
import { Stream } from "../../../lib/random.ts";
import { compile, type Tensor } from "../../../lib/tensor/mod.ts";

/**
 * Makes the codes of an untrained VQ-VAE latents of random pictures, so that pictures get different codes. Its latents lie close
 * together; of random codes one would be nearest to all of them.
 */
export async function spreadCodes(device: Device, { vqVae, settings }: MiniGenie): Promise<void> {
  const { imageSide: side } = settings, { codes, codeWidth } = settings.vqVae;
  const pictures = Stream.named(11, "pictures for codes").fillUniform(new Float32Array(side * side * 3));
  const program = compile(device, (x: Tensor) => vqVae.encode(x));
  const latents = await program.run({ data: pictures, shape: [1, side, side, 3] }).floats();
  vqVae.quantizer.codebook.write(Float32Array.from(latents.subarray(0, codes * codeWidth)));
  program.dispose();
}
