using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Kendt.Bench;

/// <summary>How many messages the door takes, beside bare Kestrel that does the least that could be called the same.</summary>
internal static class IntakeBench
{
    private static readonly string[] Kinds = ["limit", "collect", "kendt"];

    private sealed record Case(int Batch, int Connections)
    {
        public override string ToString() => (Batch == 1 ? "single" : $"batch of {Batch}") + $", {Connections} conn.";
    }

    private sealed record Outcome(double Requests, double P50, double P99, double Cpu, double Allocated, double UpToDate)
    {
        public static Outcome Median(IReadOnlyList<Outcome> all)
        {
            double Of(Func<Outcome, double> value) => all.Select(value).Order().ToList().At(0.5);
            return new(Of(o => o.Requests), Of(o => o.P50), Of(o => o.P99), Of(o => o.Cpu), Of(o => o.Allocated), Of(o => o.UpToDate));
        }
    }

    public static Command Command()
    {
        var seconds = new Option<int>("--seconds") { Description = "How long each case is measured", DefaultValueFactory = _ => 5 };
        var warm = new Option<int>("--warm") { Description = "Seconds of load before each measurement: the runtime compiles what it sees often once more", DefaultValueFactory = _ => 5 };
        var rounds = new Option<int>("--rounds") { Description = "How often each case is measured; the median is shown", DefaultValueFactory = _ => 3 };
        var quick = new Option<bool>("--quick") { Description = "One round, 32 connections only" };
        var batches = new Option<int[]>("--batch") { Description = "Messages in a call", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 100] };
        var connections = new Option<int[]>("--connections") { Description = "Connections at once", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 32, 256] };
        var only = new Option<string[]>("--only") { Description = "Servers to measure: limit, collect, kendt", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => Kinds };
        var plan = new Option<bool>("--plan") { Description = "The source of 'kendt' has a tracking plan that the messages keep to" };
        var command = new Command("intake", "Messages taken a second, beside bare Kestrel with a group-fsynced file");
        command.Add(seconds);
        command.Add(warm);
        command.Add(rounds);
        command.Add(quick);
        command.Add(batches);
        command.Add(connections);
        command.Add(plan);
        command.Add(only.AcceptOnlyFromAmong(Kinds));
        command.SetAction(async (parse, cancel) =>
        {
            var isQuick = parse.GetValue(quick);
            await RunAsync(new(TimeSpan.FromSeconds(parse.GetValue(seconds)), TimeSpan.FromSeconds(parse.GetValue(warm)), isQuick ? 1 : parse.GetValue(rounds),
                parse.GetValue(batches)!, isQuick ? [32] : parse.GetValue(connections)!, parse.GetValue(only)!, parse.GetValue(plan)), cancel);
        });
        return command;
    }

    private sealed record Plan(TimeSpan Time, TimeSpan Warm, int Rounds, int[] Batches, int[] Connections, string[] Kinds, bool HasContract);

    private static async Task RunAsync(Plan plan, CancellationToken cancel)
    {
        var kinds = plan.Kinds;
        Figures.PrintMachine();
        var rows = new List<IReadOnlyList<string>>();
        foreach (var batch in plan.Batches)
        {
            foreach (var c in plan.Connections)
            {
                var @case = new Case(batch, c);
                var outcomes = kinds.ToDictionary(k => k, _ => new List<Outcome>());
                for (var round = 0; round < plan.Rounds; round++)
                {
                    foreach (var kind in kinds)
                    {
                        await Console.Error.WriteLineAsync($"{@case}: {kind}, round {round + 1} of {plan.Rounds}");
                        outcomes[kind].Add(await MeasureAsync(kind, @case, plan, cancel));
                    }
                }
                var limit = outcomes.TryGetValue("limit", out var limits) ? Outcome.Median(limits).Requests : double.NaN;
                rows.AddRange(kinds.Select(kind =>
                {
                    var o = Outcome.Median(outcomes[kind]);
                    return (IReadOnlyList<string>)[$"{@case}: {kind}", Figures.Of(o.Requests), Figures.Of(o.Requests * batch), Figures.Of(o.P50), Figures.Of(o.P99), Figures.Of(o.Cpu), Figures.Of(o.Allocated), kind == "kendt" ? Figures.Of(o.UpToDate) : "-", Figures.Of(o.Requests / limit)];
                }));
            }
        }
        Figures.Print(["case", "requests/s", "events/s", "p50 ms", "p99 ms", "CPU us/event", "bytes/event", "to profiles/s", "of limit"], rows);
    }

    // What Messages.Track keeps to.
    private const string Contract = """
        plan: web
        sources: [web]
        mode: block
        unplanned: block
        events:
          Product Added:
            type: object
            required: [product_id, price]
            properties:
              product_id: { type: string, pattern: '^P[0-9]+$' }
              name: { type: string }
              category: { enum: [Shoes, Jackets] }
              price: { type: number, minimum: 0 }
              quantity: { type: integer, minimum: 1 }
              currency: { type: string, minLength: 3, maxLength: 3 }
              cart_id: { type: string }
        """;

    // Each measurement has a fresh server, so that nothing that one has left to do disturbs the next.
    private static async Task<Outcome> MeasureAsync(string kind, Case @case, Plan plan, CancellationToken cancel)
    {
        await using var server = await Server.StartAsync(kind, cancel);
        if (plan.HasContract && kind == "kendt")
        {
            using var contract = new StringContent(Contract);
            using var kept = await server.Http.PutAsync(new Uri("/v1/plans", UriKind.Relative), contract, cancel);
            kept.EnsureSuccessStatusCode();
        }
        var lines = new List<Line>();
        for (var i = 0; i < @case.Connections; i++) lines.Add(await Line.OpenAsync(server.Http.BaseAddress!, cancel));
        try
        {
            var warm = await LoadAsync(server, @case, lines, plan.Warm, 0, cancel);
            var (cpu, allocated, backlog) = (server.CpuSeconds, await server.AllocatedAsync(cancel), await server.BacklogAsync(cancel));
            var (elapsed, sent) = await LoadAsync(server, @case, lines, plan.Time, 1, cancel);
            var events = (double)sent.Count * @case.Batch;
            var outcome = new Outcome(sent.Count / elapsed, sent.At(0.5), sent.At(0.99),
                (server.CpuSeconds - cpu) * 1e6 / events, (await server.AllocatedAsync(cancel) - allocated) / events, (events + backlog - await server.BacklogAsync(cancel)) / elapsed);
            await CheckAsync(server, kind, (warm.Milliseconds.Count + sent.Count) * (long)@case.Batch, cancel);
            return outcome;
        }
        finally
        {
            foreach (var line in lines) line.Dispose();
        }
    }

    /// <summary>Every connection sends its next call when the last is answered; the calls are made beforehand but for their ids.</summary>
    private static async Task<(double Seconds, List<double> Milliseconds)> LoadAsync(Server server, Case @case, List<Line> lines, TimeSpan time, int phase, CancellationToken cancel)
    {
        var templates = lines.Select((_, i) => Template(@case, server.WriteKey, phase * 1000 + i)).ToList();
        var started = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(lines.Select((line, i) => Task.Run(async () =>
        {
            var (bytes, places) = templates[i];
            var times = new List<double>(65_536);
            for (long call = 0; Stopwatch.GetElapsedTime(started) < time; call++)
            {
                foreach (var place in places) call.TryFormat(bytes.AsSpan(place, 8), out _, "x8", CultureInfo.InvariantCulture);
                var sent = Stopwatch.GetTimestamp();
                if (await line.SendAsync(bytes, cancel) is var status and not 200) throw new InvalidOperationException($"The server answered {status}.");
                times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
            return times;
        }, cancel)));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var sorted = all.SelectMany(t => t).ToList();
        sorted.Sort();
        return (seconds, sorted);
    }

    // "ajs-next-SSSSSSSS-NNNNNNNNNNNN": the seed is the connection's, the last four digits the message's in its call; the eight before them count calls.
    private static (byte[] Bytes, List<int> Places) Template(Case @case, string writeKey, int seed)
    {
        var messages = new Messages(seed);
        var one = new StringBuilder();
        if (@case.Batch == 1) messages.Track(one);
        var bytes = @case.Batch == 1 ? Line.Call("/v1/track", writeKey, one.ToString()) : Line.Call("/v1/batch", writeKey, Messages.Batch(@case.Batch, messages.Track));
        var places = new List<int>();
        var mark = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ajs-next-{seed:x8}-"));
        for (int at = 0, next; (next = bytes.AsSpan(at).IndexOf(mark)) >= 0; at += next + mark.Length) places.Add(at + next + mark.Length);
        return (bytes, places);
    }

    private static async Task CheckAsync(Server server, string kind, long acknowledged, CancellationToken cancel)
    {
        if (kind == "limit")
        {
            var bytes = new FileInfo(Path.Combine(server.Folder, "log")).Length;
            if (bytes < acknowledged * 300) throw new InvalidOperationException($"The limit's file has {bytes} bytes for {acknowledged} messages.");
            return;
        }
        var (rows, ids) = server.Logged();
        if (rows != acknowledged || ids != acknowledged) throw new InvalidOperationException($"{acknowledged} messages were acknowledged; the log has {rows} with {ids} ids.");
    }
}
