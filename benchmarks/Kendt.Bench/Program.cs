using System.CommandLine;
using System.Globalization;
using Kendt.Bench;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
var root = new RootCommand("Measures Kendt beside its limits; see benchmarks/README.md.") { IntakeBench.Command(), FreshnessBench.Command(), LiveBench.Command(), DemoBench.Command(), TimelineBench.Command(), ProfilesBench.Command(), UnifyBench.Command(), InsightBench.Command() };
// What the benchmarks start as processes of their own.
foreach (var door in Doors.Commands()) root.Add(door);
return await root.Parse(args).InvokeAsync();
