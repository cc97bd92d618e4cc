using BenchmarkDotNet.Running;
using Chirps.Benchmarks.Loopback;

// Whole-path figures by default; `micro` for BenchmarkDotNet on single classes. `peer` is the other process of a run.
return args switch
{
    ["micro", .. var rest] => Micro(rest),
    ["peer", var directory] => await PeerProcess.RunAsync(directory),
    [] or ["loopback"] => await LoopbackBench.RunAsync(quick: false),
    ["quick"] => await LoopbackBench.RunAsync(quick: true),
    _ => Usage(),
};

static int Micro(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(LoopbackBench).Assembly).Run(args);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("bench [loopback | quick | micro [BenchmarkDotNet options]]");
    return 2;
}
