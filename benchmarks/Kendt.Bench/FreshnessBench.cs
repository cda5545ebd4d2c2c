using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Kendt.Bench;

/// <summary>How soon what was acknowledged is seen in the profile API while a steady stream comes in.</summary>
internal static class FreshnessBench
{
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(8);
    private static readonly string[] Scopes = ["profiles:read"];

    private const int Browsers = 64, Servers = 4, Probers = 4, ServerBatch = 20;

    public static Command Command()
    {
        var rate = new Option<int>("--rate") { Description = "Messages a second", DefaultValueFactory = _ => 5_000 };
        var seconds = new Option<int>("--seconds") { Description = "How long", DefaultValueFactory = _ => 60 };
        var minutes = new Option<double>("--minutes") { Description = "How long, instead of --seconds" };
        var command = new Command("freshness", "Time from the answer 200 to the trait in the profile API, at a steady rate");
        command.Add(rate);
        command.Add(seconds);
        command.Add(minutes);
        command.SetAction((parse, cancel) => RunAsync(parse.GetValue(rate), parse.GetValue(minutes) is > 0 and var most ? TimeSpan.FromMinutes(most) : TimeSpan.FromSeconds(parse.GetValue(seconds)), cancel));
        return command;
    }

    private sealed record Sender(Server Server, Counts Counts, long Started, TimeSpan Time, int Seed);

    private sealed class Counts
    {
        public long Taken, Busy;
        public ConcurrentBag<double> AnswerMs { get; } = [];
        public ConcurrentBag<double> VisibleMs { get; } = [];
        public long NotSeen;
    }

    private static async Task RunAsync(int rate, TimeSpan time, CancellationToken cancel)
    {
        Figures.PrintMachine();
        await using var server = await Server.StartAsync("kendt", cancel);
        using var answer = await server.Http.PostAsJsonAsync("/v1/tokens", new { name = "bench", scopes = Scopes }, cancel);
        var token = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("token").GetString()!;
        // What is compiled while it runs for the first time is not what is measured.
        var warm = new Counts();
        await Task.WhenAll(Senders(warm, Stopwatch.GetTimestamp(), Warm, 1_000_000));
        while (await server.BacklogAsync(cancel) > 0) await Task.Delay(100, cancel);
        var (counts, warmCpu) = (new Counts(), server.CpuSeconds);
        var started = Stopwatch.GetTimestamp();
        var senders = Task.WhenAll(Senders(counts, started, time, 0));

        var rows = new List<IReadOnlyList<string>>();
        var every = TimeSpan.FromSeconds(Math.Max(5, time.TotalSeconds / 12));
        for (var next = every; !senders.IsCompleted && next <= time; next += every)
        {
            await Task.WhenAny(senders, Task.Delay(next - Stopwatch.GetElapsedTime(started), cancel));
            rows.Add([Figures.Of(next.TotalSeconds), Figures.Of(Interlocked.Read(ref counts.Taken)), Figures.Of(await server.BacklogAsync(cancel)), Figures.Of(server.Memory.Now)]);
        }
        await senders;
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cpu = server.CpuSeconds - warmCpu;
        while (await server.BacklogAsync(cancel) > 0) await Task.Delay(100, cancel);
        var caughtUp = Stopwatch.GetElapsedTime(started).TotalSeconds - elapsed;
        await CheckAsync(server, warm.Taken + counts.Taken, cancel);

        Figures.Print(["second", "taken", "backlog", "RSS MB"], rows);
        Console.WriteLine();
        var (visible, answers) = (counts.VisibleMs.Order().ToList(), counts.AnswerMs.Order().ToList());
        Figures.Print(["ms", "p50", "p95", "p99", "most", "count"],
        [
            ["200 to visible", .. Places(visible)],
            ["send to 200 (from when it was due)", .. Places(answers)],
        ]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            asked for {rate:N0}/s, taken {counts.Taken / elapsed:N0}/s for {elapsed:N0} s; {counts.Busy:N0} calls turned away; {counts.NotSeen} probes not seen within 30 s
            server CPU {cpu * 1e6 / counts.Taken:N0} us per message; caught up {caughtUp:N1} s after the last; most memory {server.Memory.Peak:N0} MB
            every acknowledged message is in the log and in the events, once
            """));
        return;

        // 70 % come from browsers, each message a call; the rest from servers in small batches.
        IEnumerable<Task> Senders(Counts into, long from, TimeSpan until, int seed) =>
        [
            .. Enumerable.Range(0, Browsers).Select(i => SendAsync(new(server, into, from, until, seed + i), rate * 0.7 / Browsers, 1, (m, text) => m.Anonymous(text), cancel)),
            .. Enumerable.Range(Browsers, Servers).Select(i => SendAsync(new(server, into, from, until, seed + i), rate * 0.3 / Servers, ServerBatch, (m, text) => m.Known(text), cancel)),
            .. Enumerable.Range(100, Probers).Select(i => ProbeAsync(new(server, into, from, until, seed + i), token, cancel)),
        ];
    }

    // Calls are due at fixed times; a call that has to wait for the one before counts that wait.
    private static async Task SendAsync(Sender sender, double messagesPerSecond, int batch, Action<Messages, StringBuilder> one, CancellationToken cancel)
    {
        var (server, counts, started, time, seed) = sender;
        await Task.Yield();
        using var line = await Line.OpenAsync(server.Http.BaseAddress!, cancel);
        var messages = new Messages(seed);
        var gap = batch / messagesPerSecond * 1000;
        for (var due = gap * (seed % 64) / 64; due < time.TotalMilliseconds; due += gap)
        {
            var early = due - Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (early >= 1) await Task.Delay(TimeSpan.FromMilliseconds(early), cancel);
            if (Stopwatch.GetElapsedTime(started) > time) return;
            var body = Messages.Batch(batch, text => one(messages, text));
            var status = await line.SendAsync(Line.Call("/v1/batch", server.WriteKey, body), cancel);
            counts.AnswerMs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds - due);
            if (status == 200) Interlocked.Add(ref counts.Taken, batch);
            else if (status is 429 or 503) Interlocked.Increment(ref counts.Busy);
            else throw new InvalidOperationException($"The server answered {status}.");
        }
    }

    private static async Task ProbeAsync(Sender sender, string token, CancellationToken cancel)
    {
        var (server, counts, started, time, seed) = sender;
        await Task.Yield();
        using var line = await Line.OpenAsync(server.Http.BaseAddress!, cancel);
        using var reader = new HttpClient { BaseAddress = server.Http.BaseAddress };
        reader.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var messages = new Messages(seed);
        for (var n = 0; Stopwatch.GetElapsedTime(started) < time; n++)
        {
            var person = (seed % 100 * 5000 + n * 37) % Messages.People;
            var mark = string.Create(CultureInfo.InvariantCulture, $"{seed}-{n}");
            var text = new StringBuilder();
            messages.Identify(text, person, mark);
            if (await line.SendAsync(Line.Call("/v1/identify", server.WriteKey, text.ToString()), cancel) != 200)
            {
                Interlocked.Increment(ref counts.Busy);
                continue;
            }
            var acknowledged = Stopwatch.GetTimestamp();
            Interlocked.Increment(ref counts.Taken);
            var address = new Uri($"/v1/spaces/default/collections/users/profiles/user_id:{Messages.UserId(person)}/traits?include=probe", UriKind.Relative);
            while (!await SeesAsync(reader, address, mark, cancel))
            {
                if (Stopwatch.GetElapsedTime(acknowledged).TotalSeconds > 30)
                {
                    Interlocked.Increment(ref counts.NotSeen);
                    acknowledged = 0;
                    break;
                }
                await Task.Delay(10, cancel);
            }
            if (acknowledged != 0) counts.VisibleMs.Add(Stopwatch.GetElapsedTime(acknowledged).TotalMilliseconds);
            await Task.Delay(100, cancel);
        }
    }

    private static async Task<bool> SeesAsync(HttpClient reader, Uri address, string mark, CancellationToken cancel)
    {
        using var answer = await reader.GetAsync(address, cancel);
        if (answer.StatusCode == HttpStatusCode.NotFound) return false;
        var traits = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("traits");
        return traits.TryGetProperty("probe", out var seen) && seen.GetString() == mark;
    }

    private static async Task CheckAsync(Server server, long acknowledged, CancellationToken cancel)
    {
        var (rows, ids) = server.Logged();
        using var answer = await server.Http.PostAsJsonAsync("/v1/sql", new { query = "select count(*), count(distinct message_id) from event" }, cancel);
        var events = (await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancel)).Trim().Split('\n')[^1].Trim();
        if (rows != acknowledged || ids != acknowledged || events != string.Create(CultureInfo.InvariantCulture, $"{acknowledged},{acknowledged}"))
            throw new InvalidOperationException($"{acknowledged} messages were acknowledged; the log has {rows} with {ids} ids, the warehouse {events}.");
    }

    private static IEnumerable<string> Places(List<double> sorted) => [Figures.Of(sorted.At(0.5)), Figures.Of(sorted.At(0.95)), Figures.Of(sorted.At(0.99)), Figures.Of(sorted.At(1)), Figures.Of(sorted.Count)];
}
