using System.CommandLine;
using System.Text.Json;

namespace Kendt.Server.Commands;

internal static class IdentityCommand
{
    private static readonly Argument<string> Left = new("LEFT") { Description = "A profile id, or type:value" };
    private static readonly Argument<string> Right = new("RIGHT") { Description = "A profile id, or type:value" };
    private static readonly Argument<string> Customer = new("PROFILE") { Description = "A profile id, or type:value" };
    private static readonly Argument<string> Identifier = new("IDENTIFIER") { Description = "type:value, such as email:anna@example.com" };
    private static readonly Option<string?> Why = new("--why") { Description = "The reason, kept with the decision", HelpName = "TEXT" };
    private static readonly Option<bool> Preview = new("--preview") { Description = "Only show what would move" };

    public static Command Make() => new("identity", "Who is who: what ties customers together, and what you decide about it")
    {
        Show(), Explain(),
        Pair("confirm", "Two are one customer, whatever the limits say.", "kendt identity confirm email:anna@example.com user_id:W000017"),
        Pair("forbid", "Two are never one customer; parts them if they are one now.", "kendt identity forbid email:father@example.com email:son@example.com --preview"),
        Split(),
        Single("remove", "An identifier is not of the customer that has it.", "kendt identity remove phone:+4520123456 --why \"the shop's own number\""),
        Single("quarantine", "Many people share a value: it ties nobody any more.", "kendt identity quarantine email:office@example.com"),
        Single("release", "A value in quarantine is one customer's after all.", "kendt identity release email:office@example.com"),
        Decisions(), Quarantined(), Undo(),
    };

    private static Command Show()
    {
        var asOf = new Option<string?>("--as-of") { Description = "The moment at which it is shown; now if left out", HelpName = "ISO" };
        var command = new Command("show", CommandLine.Help("What a customer is made of: identifiers, links, what was left out, history.", "kendt identity show email:anna@example.com", "kendt identity show email:anna@example.com --as-of 2026-01-31")).With(Customer, asOf);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var view = await gateway.GetAsync("/v1/identity/profiles/" + Uri.EscapeDataString(parse.GetValue(Customer)!) + SegmentCommand.Query(("asOf", parse.GetValue(asOf))), cancel);
            if (answer.IsJson) { answer.Json(view); return 0; }
            answer.Line($"{view.Text("profile")}{(view.Text("knownAs") == view.Text("profile") ? "" : ", then part of " + view.Text("knownAs"))}");
            answer.Line("");
            answer.Table(["identifier", "source", "first seen"], Rows(view, "identifiers", "identifier", "source", "firstSeen"));
            answer.Line("");
            Links(answer, view, "links");
            if (view.GetProperty("leftOut").GetArrayLength() > 0)
            {
                answer.Line("");
                answer.Table(["left out", "with", "because", "times"], Rows(view, "leftOut", "identifier", "with", "because", "times"));
            }
            answer.Line("");
            answer.Table(["at", "change", "profile", "into", "evidence"], Rows(view, "history", "at", "change", "profile", "into", "evidence"));
            return 0;
        });
        return command;
    }

    private static Command Explain()
    {
        var command = new Command("why", CommandLine.Help("Why two are one customer, or are not.", "kendt identity why email:anna@example.com anonymous_id:2f1c")).With(Left, Right);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var why = await gateway.GetAsync("/v1/identity/why" + SegmentCommand.Query(("left", parse.GetValue(Left)), ("right", parse.GetValue(Right))), cancel);
            if (answer.IsJson) { answer.Json(why); return 0; }
            var one = why.GetProperty("areOne").GetBoolean();
            answer.Line(one ? $"They are one customer, {why.GetProperty("left").Text("profile")}." : $"They are two customers, {why.GetProperty("left").Text("profile")} and {why.GetProperty("right").Text("profile")}.");
            if (why.GetProperty("noTie").GetBoolean()) answer.Line("Nothing was ever seen that would tie them.");
            if (one) Links(answer, why, "path");
            foreach (var link in why.GetProperty("path").EnumerateArray().Where(l => l.GetProperty("why").GetArrayLength() > 0))
            {
                answer.Line("");
                answer.Table(["matched because", "compares", "bits"], link.GetProperty("why").EnumerateArray().Select(w => (IReadOnlyList<string>)[w.Text("what"), w.Text("level"), w.GetProperty("bits").GetDouble().ToString("+0.0;-0.0", System.Globalization.CultureInfo.InvariantCulture)]));
            }
            if (why.GetProperty("decisions").GetArrayLength() > 0) Decided(answer, why.GetProperty("decisions"));
            if (why.GetProperty("leftOut").GetArrayLength() > 0) answer.Table(["left out", "with", "because", "evidence", "times"], Rows(why, "leftOut", "identifier", "with", "because", "evidence", "times"));
            if (why.GetProperty("revoked").GetArrayLength() > 0) Links(answer, why, "revoked");
            return 0;
        });
        return command;
    }

    private static Command Pair(string name, string what, string example)
    {
        var command = new Command(name, CommandLine.Help(what, example)).With(Left, Right, Why, Preview);
        command.Ask(async (parse, gateway, answer, cancel) => Tell(answer,
            await gateway.PostAsync("/v1/identity/" + name, new { left = parse.GetValue(Left), right = parse.GetValue(Right), reason = parse.GetValue(Why), preview = parse.GetValue(Preview) }, cancel)));
        return command;
    }

    private static Command Split()
    {
        var identifiers = new Argument<string[]>("IDENTIFIER") { Description = "Those that are another customer, as type:value", Arity = ArgumentArity.OneOrMore };
        var command = new Command("split", CommandLine.Help("Some identifiers of a customer are another customer.", "kendt identity split user_id:W000017 email:son@example.com anonymous_id:2f1c --preview")).With(Customer, identifiers, Why, Preview);
        command.Ask(async (parse, gateway, answer, cancel) => Tell(answer,
            await gateway.PostAsync("/v1/identity/split", new { profile = parse.GetValue(Customer), identifiers = parse.GetValue(identifiers), reason = parse.GetValue(Why), preview = parse.GetValue(Preview) }, cancel)));
        return command;
    }

    private static Command Single(string name, string what, string example)
    {
        var command = new Command(name, CommandLine.Help(what, example)).With(Identifier, Why, Preview);
        command.Ask(async (parse, gateway, answer, cancel) => Tell(answer,
            await gateway.PostAsync("/v1/identity/" + name, new { identifier = parse.GetValue(Identifier), reason = parse.GetValue(Why), preview = parse.GetValue(Preview) }, cancel)));
        return command;
    }

    private static Command Decisions()
    {
        var standing = new Option<bool>("--standing") { Description = "Only those that stand" };
        var command = new Command("decisions", CommandLine.Help("What was decided, the newest first.", "kendt identity decisions --standing")).With(standing);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var list = await gateway.GetAsync("/v1/identity/decisions" + SegmentCommand.Query(("standing", parse.GetValue(standing) ? "true" : null)), cancel);
            if (answer.IsJson) answer.Json(list);
            else Decided(answer, list);
            return 0;
        });
        return command;
    }

    private static Command Quarantined()
    {
        var command = new Command("quarantined", CommandLine.Help("Values that many people share, and that tie nobody.", "kendt identity quarantined"));
        command.Ask(async (_, gateway, answer, cancel) =>
        {
            var list = await gateway.GetAsync("/v1/identity/quarantine", cancel);
            if (answer.IsJson) answer.Json(list);
            else answer.Table(["identifier", "left out with", "since", "by", "why"], list.EnumerateArray().Select(q => (IReadOnlyList<string>)[
                q.Text("identifier"), q.Text("leftOutWith"), q.GetProperty("decision").Text("at"), q.GetProperty("decision").Text("actor"), q.GetProperty("decision").Text("reason")]));
            return 0;
        });
        return command;
    }

    private static Command Undo()
    {
        var seq = new Argument<long>("DECISION") { Description = "Its number, as 'decisions' shows it" };
        var command = new Command("undo", CommandLine.Help("Take a decision back: the links that it took away stand again.", "kendt identity undo 17 --preview")).With(seq, Why, Preview);
        command.Ask(async (parse, gateway, answer, cancel) => Tell(answer,
            await gateway.PostAsync($"/v1/identity/decisions/{parse.GetValue(seq)}/undo", new { reason = parse.GetValue(Why), preview = parse.GetValue(Preview) }, cancel)));
        return command;
    }

    private static int Tell(Answer answer, JsonElement outcome)
    {
        if (answer.IsJson)
        {
            answer.Json(outcome);
            return 0;
        }
        var preview = outcome.GetProperty("preview").GetBoolean();
        answer.Line(preview ? "Nothing is changed. It would be so:" : $"Decision {outcome.GetProperty("decision").Text("seq")}. 'kendt identity undo {outcome.GetProperty("decision").Text("seq")}' takes it back.");
        foreach (var share in outcome.GetProperty("shares").EnumerateArray())
            answer.Line($"{share.GetProperty("identifiers").GetArrayLength()} identifiers, {share.Text("events")} events, {share.Text("consents")} consents go from {share.Text("from")} to {(share.Text("to") is { Length: > 0 } to ? to : "a new profile")}.");
        foreach (var merge in outcome.GetProperty("merges").EnumerateArray()) answer.Line($"{merge.Text("id")} becomes part of {merge.Text("into")}.");
        if (outcome.GetProperty("shares").GetArrayLength() == 0) answer.Line("No identifier changes its customer.");
        if (outcome.GetProperty("pending").GetBoolean()) answer.Line("Events, traits and consent follow.");
        return 0;
    }

    private static void Links(Answer answer, JsonElement from, string name) =>
        answer.Table(["link", "with", "rule", "source", "evidence", "weight", "at"], Rows(from, name, "left", "right", "rule", "source", "evidence", "weight", "at"));

    private static void Decided(Answer answer, JsonElement list) =>
        answer.Table(["no", "at", "kind", "left", "right", "by", "why", "undone"], list.EnumerateArray().Select(d => (IReadOnlyList<string>)[
            d.Text("seq"), d.Text("at"), d.Text("kind"), d.Text("left"), d.Text("right"), d.Text("actor"), d.Text("reason"), d.Text("undoneAt")]));

    private static IEnumerable<IReadOnlyList<string>> Rows(JsonElement from, string name, params string[] fields) =>
        from.GetProperty(name).EnumerateArray().Select(e => (IReadOnlyList<string>)[.. fields.Select(f => e.Text(f))]);
}
