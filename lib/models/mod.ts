/** The systems of the experiments: networks and losses. */
export * from "./mini_genie/mod.ts";
export * from "./vq_world_model/mod.ts";
