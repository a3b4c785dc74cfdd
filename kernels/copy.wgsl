// copy — one tensor's bits into another
//
// Computes    out[i] = in[i]
// Shapes      both COUNT words, or vectors of four words: V is u32 or vec4<u32>
// Bindings    0 in (read), 1 out (read_write)
// Overrides   COUNT ≥ 1; GROUP workgroup size
// Grid        one invocation per vector, GROUP per workgroup, folded over x and y
// Tolerance   exact
// Source      none

alias V = u32;

override COUNT: u32;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> input: array<V>;
@group(0) @binding(1) var<storage, read_write> output: array<V>;

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * GROUP + lane;
  if (i < COUNT) {
    output[i] = input[i];
  }
}
