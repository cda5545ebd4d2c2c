using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kendt.Model;
using Kendt.Server.Host;

namespace Kendt.Server.Commands;

internal static class MatchCommand
{
    private static readonly Option<string> Run = new("--run") { Description = "The run; the newest plan if left out", HelpName = "ID", DefaultValueFactory = _ => "latest" };

    public static Command Make() => new("match", "Match records that share no identifier: plan, look, apply") { Plan(), Apply(), Status(), Changes(), Review(), Households(), Config(), Merge() };

    private static Command Plan()
    {
        var apply = new Option<bool>("--apply") { Description = "Apply the plan at once" };
        var command = new Command("plan", CommandLine.Help("Find which records are one customer, and what would change. Nothing is changed until the plan is applied.", "kendt match plan", "kendt match plan --apply")).With(apply);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var started = await gateway.PostAsync("/v1/matching/plan", new { apply = parse.GetValue(apply) }, cancel);
            await FollowAsync(gateway, started, parse, cancel);
            return Tell(answer, await gateway.GetAsync("/v1/matching/runs/" + started.Text("run"), cancel));
        });
        return command;
    }

    private static Command Apply()
    {
        var command = new Command("apply", CommandLine.Help("Apply the newest plan, or the one that is named.", "kendt match apply")).With(Run);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var run = parse.GetValue(Run)!;
            var started = await gateway.PostAsync("/v1/matching/apply", new { run = run == "latest" ? null : run }, cancel);
            await FollowAsync(gateway, started, parse, cancel);
            return Tell(answer, await gateway.GetAsync("/v1/matching/runs/" + started.Text("run"), cancel));
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", CommandLine.Help("The runs of matching; with --run what one of them found.", "kendt match status", "kendt match status --run latest")).With(new Option<string?>("--run") { Description = "Show what one run found", HelpName = "ID" });
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            if (parse.GetValue<string?>("--run") is { } run) return Tell(answer, await gateway.GetAsync("/v1/matching/runs/" + Uri.EscapeDataString(run), cancel));
            var runs = await gateway.GetAsync("/v1/matching/runs", cancel);
            if (answer.IsJson) answer.Json(runs);
            else answer.Table(["run", "state", "records", "merged", "split", "at", "by"], runs.EnumerateArray().Select(r => (IReadOnlyList<string>)[r.Text("id"), r.Text("state"), r.Text("records"), r.Text("merged"), r.Text("split"), r.Text("createdAt"), r.Text("actor")]));
            if (answer.IsJson) return 0;
            var following = await gateway.GetAsync("/v1/matching/following", cancel);
            answer.Line(following.Text("why") is { Length: > 0 } why ? $"What comes now is not matched by itself. {why}" : following.Text("run") is { Length: > 0 } on ? $"What comes now is matched by {on}: {following.Text("followed")} records so far." : "What comes now is matched by itself once a plan was applied.");
            return 0;
        });
        return command;
    }

    private static Command Changes()
    {
        var kind = new Option<string?>("--kind") { Description = "merged, split, regrouped or relinked", HelpName = "KIND" };
        var alarms = new Option<bool>("--alarms") { Description = "Only changes with an alarm" };
        var limit = new Option<int>("--limit") { Description = "How many", DefaultValueFactory = _ => 10 };
        var command = new Command("changes", CommandLine.Help("What a plan would change, records side by side: alarms first, then what is least sure.", "kendt match changes --alarms", "kendt match changes --kind split --limit 50")).With(Run, kind, alarms, limit);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync($"/v1/matching/runs/{Uri.EscapeDataString(parse.GetValue(Run)!)}/changes" + SegmentCommand.Query(("kind", parse.GetValue(kind)), ("alarms", parse.GetValue(alarms) ? "true" : null), ("limit", $"{parse.GetValue(limit)}")), cancel);
            if (answer.IsJson) { answer.Json(found); return 0; }
            foreach (var change in found.GetProperty("changes").EnumerateArray())
            {
                answer.Line($"{change.Text("place")}. {change.Text("kind")}: {change.GetProperty("profiles").GetArrayLength()} profiles, {change.Text("records")} records{(change.Text("alarm") is { Length: > 0 } alarm ? ", ALARM: " + alarm : "")}");
                foreach (var link in change.GetProperty("links").EnumerateArray())
                {
                    answer.Line($"  {(link.GetProperty("add").GetBoolean() ? "join" : "part")}, {link.GetProperty("weight").GetDouble().ToString("P1", CultureInfo.InvariantCulture)}");
                    Sides(answer, link);
                }
                answer.Line("");
            }
            return 0;
        });
        return command;
    }

    private static Command Review()
    {
        var answered = new Option<string?>("--answer") { Description = "same, different or skip", HelpName = "ANSWER" };
        var pair = new Option<long?>("--pair") { Description = "The pair's number; the next one if left out", HelpName = "NUMBER" };
        var command = new Command("review", CommandLine.Help("Show the next uncertain pair, or answer it. Answers stand above all matching.", "kendt match review", "kendt match review --pair 17 --answer same")).With(Run, answered, pair);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var path = $"/v1/matching/runs/{Uri.EscapeDataString(parse.GetValue(Run)!)}/pairs";
            if (parse.GetValue(answered) is { } said)
            {
                var number = parse.GetValue(pair) ?? throw new BadInputException("Name the pair with --pair NUMBER: 'kendt match review' shows the next one.");
                answer.Json(await gateway.PostAsync($"{path}/{number}/answer", new { answer = said }, cancel));
                return 0;
            }
            var found = await gateway.GetAsync(path + SegmentCommand.Query(("review", "true"), ("open", "true"), ("limit", "1")), cancel);
            if (answer.IsJson) { answer.Json(found); return 0; }
            answer.Line($"{found.Text("answered")} answered, {found.Text("open")} left.");
            foreach (var next in found.GetProperty("pairs").EnumerateArray())
            {
                answer.Line($"Pair {next.Text("number")}: {next.GetProperty("chance").GetDouble().ToString("P1", CultureInfo.InvariantCulture)}");
                Sides(answer, next);
                answer.Table(["what", "compares", "bits"], next.GetProperty("why").EnumerateArray().Select(w => (IReadOnlyList<string>)[w.Text("what"), w.Text("level"), w.GetProperty("bits").GetDouble().ToString("+0.0;-0.0", CultureInfo.InvariantCulture)]));
            }
            return 0;
        });
        return command;
    }

    private static Command Households()
    {
        var limit = new Option<int>("--limit") { Description = "How many", DefaultValueFactory = _ => 10 };
        var command = new Command("households", CommandLine.Help("Persons who live together, the largest households first.", "kendt match households --limit 50")).With(limit);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/households" + SegmentCommand.Query(("limit", $"{parse.GetValue(limit)}")), cancel);
            if (answer.IsJson) { answer.Json(found); return 0; }
            answer.Table(["household", "members"], found.GetProperty("households").EnumerateArray().Select(h => (IReadOnlyList<string>)[h.Text("id"), string.Join(", ", h.GetProperty("members").EnumerateArray().Select(m => m.GetString()))]));
            answer.Line($"{found.Text("total")} households with {found.Text("persons")} persons.");
            return 0;
        });
        return command;
    }

    private static Command Config()
    {
        var file = new Argument<FileInfo?>("FILE") { Description = "A configuration to keep; without it, print the one that holds", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("config", CommandLine.Help("Print how customers are matched, or keep another configuration (YAML).", "kendt match config > matching.yaml", "kendt match config matching.yaml")).With(file);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            if (parse.GetValue(file) is not { } given)
            {
                var config = await gateway.GetAsync("/v1/matching/config", cancel);
                if (answer.IsJson) answer.Json(config);
                else await answer.Output.WriteAsync(config.Text("yaml"));
                return 0;
            }
            using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/matching/config") { Content = new StringContent(await SegmentCommand.ReadAsync(given, cancel)) };
            var kept = await gateway.SendAsync(request, cancel);
            if (answer.IsJson) answer.Json(kept);
            else answer.Line("Kept. It holds from the next plan on: kendt match plan.");
            return 0;
        });
        return command;
    }

    private static Command Merge()
    {
        var file = new Argument<FileInfo?>("FILE") { Description = "A configuration to look at; without it, the one that is kept", Arity = ArgumentArity.ZeroOrOne };
        var trait = new Option<string?>("--trait") { Description = "Show people by this trait", HelpName = "NAME" };
        var command = new Command("merge", CommandLine.Help("What a merge policy would show otherwise of how many people, with examples. Nothing is changed; 'kendt match plan' and 'apply' put it into force.", "kendt match merge matching.yaml", "kendt match merge --trait phone")).With(file, trait);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/matching/merge/preview" + SegmentCommand.Query(("trait", parse.GetValue(trait)))) { Content = new StringContent(parse.GetValue(file) is { } given ? await SegmentCommand.ReadAsync(given, cancel) : "") };
            var found = await gateway.SendAsync(request, cancel);
            if (answer.IsJson) { answer.Json(found); return 0; }
            answer.Line($"{found.Text("profiles")} profiles would show something else.");
            answer.Table(["trait", "profiles", "sources disagree", "would change"], found.GetProperty("traits").EnumerateArray().Select(t => (IReadOnlyList<string>)[t.Text("name"), t.Text("profiles"), t.Text("contested"), t.Text("changed")]));
            if (found.GetProperty("segments").GetArrayLength() > 0)
                answer.Table(["segment", "entering", "leaving"], found.GetProperty("segments").EnumerateArray().Select(s => (IReadOnlyList<string>)[s.Text("segment"), s.Text("entering"), s.Text("leaving")]));
            foreach (var person in found.GetProperty("examples").EnumerateArray())
            {
                answer.Line("");
                answer.Line($"{person.Text("name")} ({person.Text("profile")}): {person.Text("trait")} is {Value(person, "before")}, would be {Value(person, "after")}");
                answer.Table(["value", "source", "at"], person.GetProperty("words").EnumerateArray().Select(w => (IReadOnlyList<string>)[w.GetProperty("value").ToString(), w.Text("source"), w.Text("at")]));
            }
            return 0;
        });
        return command;

        static string Value(JsonElement person, string name) => person.GetProperty(name) is { ValueKind: JsonValueKind.Object } word && word.GetProperty("value") is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : "not known";
    }

    private static async Task FollowAsync(Gateway gateway, JsonElement started, ParseResult parse, CancellationToken cancel)
    {
        var ended = await JobProgressLine.FollowAsync(gateway.Client, started.Text("job"), parse.InvocationConfiguration.Error, cancel);
        if (ended.Text("state") == "failed") throw new BadInputException(ended.Text("error"));
        if (ended.Text("state") == "cancelled") throw new CannotException("Matching was stopped.");
    }

    private static int Tell(Answer answer, JsonElement run)
    {
        if (answer.IsJson || run.GetProperty("summary").ValueKind is not JsonValueKind.Object)
        {
            answer.Json(run);
            return 0;
        }
        var found = run.GetProperty("summary");
        answer.Line($"{found.Text("units")} records: {found.Text("before")} customers {(run.Text("state") is "applied" ? "were" : "would be")} {found.Text("after")}; {found.Text("merged")} merged, {found.Text("split")} split, {found.Text("alarms")} alarms.");
        foreach (var kind in found.GetProperty("kinds").EnumerateArray())
            answer.Line($"{(kind.GetProperty("isAccount").GetBoolean() ? "Companies" : "Persons")}: {kind.Text("compared")} pairs compared, from {kind.Text("threshold")} bits on one customer{(kind.GetProperty("isChosen").GetBoolean() ? " (chosen from the data)" : "")}; about {kind.Text("missed")} of {kind.Text("truePairs")} true pairs were not found.");
        answer.Line("");
        answer.Table(["between", "and", "pairs", "joined", "near misses"], found.GetProperty("sources").EnumerateArray().Select(s => (IReadOnlyList<string>)[s.Text("left"), s.Text("right"), s.Text("pairs"), s.Text("joined"), s.Text("near")]));
        if (found.GetProperty("segments").GetArrayLength() > 0)
        {
            answer.Line("");
            answer.Table(["segment", "members concerned", "fewer", "to be asked again"], found.GetProperty("segments").EnumerateArray().Select(s => (IReadOnlyList<string>)[s.Text("segment"), s.Text("members"), s.Text("fewer"), s.Text("mixed")]));
        }
        if (found.GetProperty("merge").GetProperty("profiles").GetInt64() is > 0 and var otherwise)
        {
            answer.Line("");
            answer.Line($"The merge policy shows something else of {otherwise} profiles: kendt match merge.");
            answer.Table(["trait", "would change"], found.GetProperty("merge").GetProperty("traits").EnumerateArray().Where(t => t.GetProperty("changed").GetInt64() > 0).Select(t => (IReadOnlyList<string>)[t.Text("name"), t.Text("changed")]));
            answer.Table(["segment", "entering", "leaving"], found.GetProperty("merge").GetProperty("segments").EnumerateArray().Select(s => (IReadOnlyList<string>)[s.Text("segment"), s.Text("entering"), s.Text("leaving")]));
        }
        answer.Line("");
        answer.Line(run.Text("state") switch
        {
            "planned" => $"Nothing is changed yet. 'kendt match changes' shows it, 'kendt match review' asks about {found.Text("toReview")} uncertain pairs, 'kendt match apply' applies it.",
            "applied" => "The plan is applied.",
            var state => $"The run is {state}.",
        });
        return 0;
    }

    private static void Sides(Answer answer, JsonElement pair)
    {
        var (left, right) = (pair.GetProperty("left"), pair.GetProperty("right"));
        var fields = left.GetProperty("values").EnumerateObject().Concat(right.GetProperty("values").EnumerateObject()).Select(v => v.Name).Distinct().ToList();
        answer.Table(["", left.Text("record"), right.Text("record")], fields.Select(f => (IReadOnlyList<string>)[f, left.GetProperty("values").Text(f), right.GetProperty("values").Text(f)]));
    }
}
