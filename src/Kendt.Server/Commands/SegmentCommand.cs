using System.CommandLine;

namespace Kendt.Server.Commands;

internal static class SegmentCommand
{
    public static Command Make()
    {
        var rule = new Option<FileInfo?>("--rule") { Description = "A rule as JSON or YAML", HelpName = "FILE" };
        var rules = new Option<FileInfo?>("--rules") { Description = "Many rules: one {\"name\", \"rule\"} a line", HelpName = "FILE.ndjson" };
        var asOf = new Option<string?>("--as-of") { Description = "The moment at which the rule is judged; now if left out", HelpName = "ISO" };
        var name = new Argument<string>("NAME") { Description = "The segment's name" };
        var user = new Option<string>("--user") { Description = "A user id, or type:value", Required = true, HelpName = "ID" };

        var members = new Command("members", CommandLine.Help("Who a rule holds for, as CSV.", "kendt segment members --rule big-spenders.json", "kendt segment members --rule lapsed.yaml --as-of 2026-01-01")).With(rule, rules, asOf);
        members.Ask(async (parse, gateway, answer, cancel) =>
        {
            var many = parse.GetValue(rules);
            var file = many ?? parse.GetValue(rule) ?? throw new Kendt.Model.BadInputException("Name a rule with --rule FILE, or many with --rules FILE.ndjson.");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/segments/members" + Query(("asOf", parse.GetValue(asOf)), ("many", many is null ? null : "true"))) { Content = new StringContent(await ReadAsync(file, cancel)) };
            using var response = await gateway.OpenAsync(request, cancel);
            await SqlCommand.CopyAsync(response, answer.Output, cancel);
            return 0;
        });
        var put = new Command("put", CommandLine.Help("Create or replace a stored segment.", "kendt segment put big-spenders --rule big-spenders.json")).With(name, rule);
        put.Ask(async (parse, gateway, answer, cancel) =>
        {
            var file = parse.GetValue(rule) ?? throw new Kendt.Model.BadInputException("Name the rule with --rule FILE.");
            using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/segments/" + Uri.EscapeDataString(parse.GetValue(name)!)) { Content = new StringContent(await ReadAsync(file, cancel)) };
            answer.Json(await gateway.SendAsync(request, cancel));
            return 0;
        });
        var explain = new Command("explain", CommandLine.Help("Why a person is, or is not, in a segment.", "kendt segment explain --rule big-spenders.json --user W000017")).With(rule, user, asOf);
        explain.Ask(async (parse, gateway, answer, cancel) =>
        {
            var file = parse.GetValue(rule) ?? throw new Kendt.Model.BadInputException("Name the rule with --rule FILE.");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/segments/explain" + Query(("user", parse.GetValue(user)), ("asOf", parse.GetValue(asOf)))) { Content = new StringContent(await ReadAsync(file, cancel)) };
            answer.Json(await gateway.SendAsync(request, cancel));
            return 0;
        });
        var list = new Command("list", CommandLine.Help("The stored segments with their rule in words and their size.", "kendt segment list"));
        list.Ask(async (_, gateway, answer, cancel) =>
        {
            var segments = await gateway.GetAsync("/v1/segments", cancel);
            if (answer.IsJson) answer.Json(segments);
            else answer.Table(["segment", "members", "rule"], segments.EnumerateArray().Select(s => (IReadOnlyList<string>)[s.Text("name"), s.Text("members"), s.Text("sentence")]));
            return 0;
        });
        var check = new Command("check", CommandLine.Help("Compare live members with a full evaluation; what differs is shown and mended. Status 1 if something did.", "kendt segment check"));
        check.Ask(async (_, gateway, answer, cancel) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/segments/check");
            var report = await gateway.SendAsync(request, cancel);
            var defects = report.GetProperty("defects").EnumerateArray().ToList();
            if (answer.IsJson) answer.Json(report);
            else if (defects.Count == 0) await answer.Output.WriteLineAsync($"{report.Text("segments")} segments, {report.Text("memberships")} memberships: live members are those of a full evaluation.");
            else answer.Table(["segment", "profile", "live", "predicate", "SQL", "condition"], defects.SelectMany(d => d.GetProperty("conditions").EnumerateArray().Select(c => (IReadOnlyList<string>)
                [d.Text("segment"), d.Text("profile"), d.Text("live"), c.Text("byPredicate"), c.Text("bySql"), $"{c.Text("path")}: {c.Text("condition")}"])));
            return defects.Count == 0 ? 0 : 1;
        });
        var remove = new Command("remove", CommandLine.Help("Remove a stored segment; its history of members stays.", "kendt segment remove big-spenders")).With(name);
        remove.Ask(async (parse, gateway, _, cancel) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/segments/" + Uri.EscapeDataString(parse.GetValue(name)!));
            await gateway.SendAsync(request, cancel);
            return 0;
        });
        return new Command("segment", "Named rules over customers").With([list, put, remove, members, explain, check, .. InsightCommands.Make()]);
    }

    internal static string Query(params (string Name, string? Value)[] parts)
    {
        var given = parts.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}").ToArray();
        return given.Length == 0 ? "" : "?" + string.Join('&', given);
    }

    internal static async Task<string> ReadAsync(FileInfo file, CancellationToken cancel)
    {
        try
        {
            return await File.ReadAllTextAsync(file.FullName, cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new Kendt.Model.BadInputException($"The file '{file.Name}' cannot be read ({fault.Message}).", fault);
        }
    }
}
