using System.Globalization;

namespace Kendt.Model.Filters;

/// <summary>A rule as a sentence that people read, in English and in Danish.</summary>
public static class FilterSentence
{
    /// <summary>The rule in English: <c>plan is "gold" and at least 2 "Order Completed" in the last 90 days</c>.</summary>
    public static string English(Filter filter) => new Speaker(Words.English).Say(filter, false);

    /// <summary>The rule in Danish.</summary>
    public static string Danish(Filter filter) => new Speaker(Words.Danish).Say(filter, false);
}

/// <summary>Puts a rule together from the words of one language.</summary>
internal sealed class Speaker(Words words)
{
    private const int MostValues = 5;

    public string Say(Filter filter, bool inner) => filter switch
    {
        All { Of.Count: 0 } => words.Everybody,
        Any { Of.Count: 0 } => words.Nobody,
        All { Of: [var one] } => Say(one, inner),
        Any { Of: [var one] } => Say(one, inner),
        All all => Group(all.Of, $" {words.And} ", inner),
        Any any => Group(any.Of, $" {words.Or} ", inner),
        Not not => $"{words.Not} ({Say(not.Of, false)})",
        TraitRule trait => Tests(trait.Trait.Text, trait.Tests),
        EventRule rule => Event(rule),
        SequenceRule sequence => Sequence(sequence),
        MeasureRule measure => Tests($"\"{measure.Measure}\"", measure.Tests),
        InSegment segment => $"{words.InSegment} \"{segment.Name}\"",
        IdentifierRule identifier => Identifier(identifier),
        SampleRule sample => Tests($"{words.Sample} \"{sample.Name}\"", sample.Tests),
        ConsentRule consent => $"{words.Consent} \"{consent.Purpose}\" {words.Is} {words.States[(int)consent.State]}",
        _ => throw new InvalidOperationException($"{filter.GetType().Name} has no sentence."),
    };

    private string Group(IReadOnlyList<Filter> rules, string word, bool inner)
    {
        var said = string.Join(word, rules.Select(r => Say(r, true)));
        return inner ? $"({said})" : said;
    }

    private string Tests(string what, IReadOnlyList<Test> tests) => $"{what} {string.Join($" {words.And} ", tests.Select(Test))}";

    private string Identifier(IdentifierRule rule)
    {
        var what = rule.Value.Count == 0 ? $"\"{rule.Type}\"" : $"\"{rule.Type}\" {words.That} {string.Join($" {words.And} ", rule.Value.Select(Test))}";
        return rule.Count is [Compare { How: Comparison.AtLeast, Value: 1 }] ? $"{words.HasIdentifier} {what}" : Tests($"{words.Number} {words.Identifiers} {what}", rule.Count);
    }

    private string Event(EventRule rule)
    {
        var events = Match(rule.Match) + Window(rule.Window);
        var (kind, tests) = (rule.Aggregate.Kind, rule.Aggregate.Tests);
        return kind switch
        {
            AggregateKind.Count when tests is [Compare { How: Comparison.AtLeast, Value: 1 }] => $"{words.AtLeastOne} {events}",
            AggregateKind.Count => Tests($"{words.Number} {events}", tests),
            AggregateKind.First or AggregateKind.Last => Tests($"{words.Kinds[(int)kind]} {events} {words.Was}", tests),
            >= AggregateKind.Days => Tests($"{words.Kinds[(int)kind]} {events}", tests),
            _ => Tests($"{words.Kinds[(int)kind]} {rule.Aggregate.Of} {words.Over} {events}", tests),
        };
    }

    private string Sequence(SequenceRule rule)
    {
        var steps = rule.Steps.Select((s, i) => i == 0 ? Match(s.Match) : $"{words.Then} {Match(s.Match)}{(s.After is { } after ? $" {words.WithinTime} {Span(after)}" : "")}");
        return string.Join(", ", steps)
            + (rule.Without is { } without ? $", {words.Without} {Match(without)} {words.Between}" : "")
            + (rule.Span is { } span ? $", {words.InAll} {words.WithinTime} {Span(span)}" : "")
            + (rule.Within is { } within ? $", {words.Begun} {Last(within)}" : "");
    }

    public string Match(EventMatch match) => $"\"{match.Name}\"" + (match.Where.Count == 0 ? ""
        : $" {words.Where} {string.Join($" {words.And} ", match.Where.Select(w => Tests(w.Property.Text, w.Tests)))}");

    private string Window(EventWindow window) => (window.Within is { } within ? " " + Last(within) : "")
        + (window.From is { } from ? $" {words.From} {from}" : "") + (window.To is { } to ? $" {words.Until} {to}" : "");

    public string Last(Duration span) => string.Format(CultureInfo.InvariantCulture, words.InTheLast, Span(span));

    private string Span(Duration span) => $"{span.Count.ToString(CultureInfo.InvariantCulture)} {words.Unit(span.Unit, span.Count != 1)}";

    private string Test(Test test) => test switch
    {
        Is one => $"{(one.Yes ? words.Is : words.IsNot)} {Value(one.Value)}",
        OneOf some => $"{(some.Yes ? words.In : words.NotIn)} {Values(some.Values)}",
        Exists exists => exists.Yes ? words.Exists : words.Missing,
        Part part => $"{words.Places[(int)part.Place]} \"{part.Text}\"",
        Compare compare => $"{words.Comparisons[(int)compare.How]} {Number(compare.Value)}",
        Between between => $"{words.IsBetween} {Number(between.Low)} {words.And} {Number(between.High)}",
        When time => $"{(time.After ? words.After : words.Before)} {time.At}",
        WithinLast last => Last(last.Span),
        AnniversaryIn anniversary => string.Format(CultureInfo.InvariantCulture, words.AnniversaryIn, Span(anniversary.Span)),
        _ => throw new InvalidOperationException($"{test.GetType().Name} has no sentence."),
    };

    private string Values(IReadOnlyList<Literal> values) =>
        "(" + string.Join(", ", values.Take(MostValues).Select(Value)) + (values.Count > MostValues ? $", ... {words.More(values.Count - MostValues)}" : "") + ")";

    private string Value(Literal value) => value.Kind switch
    {
        LiteralKind.Text => $"\"{value.Text}\"",
        LiteralKind.Number => Number(value.Number),
        _ => value.Truth ? words.True : words.False,
    };

    private string Number(double number) => number.ToString(words.Culture);
}

/// <summary>The words of a language.</summary>
internal sealed record Words
{
    public required CultureInfo Culture { get; init; }
    public required string Everybody { get; init; }
    public required string Nobody { get; init; }
    public required string And { get; init; }
    public required string Or { get; init; }
    public required string Not { get; init; }
    public required string InSegment { get; init; }
    public required string Consent { get; init; }
    public required string HasIdentifier { get; init; }
    public required string Identifiers { get; init; }
    public required string That { get; init; }
    public required string[] States { get; init; }
    public required string AtLeastOne { get; init; }
    public required string Number { get; init; }
    public required string[] Kinds { get; init; }
    public required string Was { get; init; }
    public required string Over { get; init; }
    public required string Then { get; init; }
    public required string WithinTime { get; init; }
    public required string Without { get; init; }
    public required string Between { get; init; }
    public required string Begun { get; init; }
    public required string InAll { get; init; }
    public required string Where { get; init; }
    public required string From { get; init; }
    public required string Until { get; init; }
    public required string InTheLast { get; init; }
    public required string AnniversaryIn { get; init; }
    public required string Sample { get; init; }
    public required string Is { get; init; }
    public required string IsNot { get; init; }
    public required string In { get; init; }
    public required string NotIn { get; init; }
    public required string Exists { get; init; }
    public required string Missing { get; init; }
    public required string[] Places { get; init; }
    public required string[] Comparisons { get; init; }
    public required string IsBetween { get; init; }
    public required string After { get; init; }
    public required string Before { get; init; }
    public required string True { get; init; }
    public required string False { get; init; }
    public required string[] Units { get; init; }
    public required Func<int, string> More { get; init; }

    /// <summary>A unit of time, one or several.</summary>
    public string Unit(char unit, bool several) => Units["smhdw".IndexOf(unit) * 2 + (several ? 1 : 0)];

    public static Words English { get; } = new()
    {
        Culture = CultureInfo.InvariantCulture,
        Everybody = "everybody",
        Nobody = "nobody",
        And = "and",
        Or = "or",
        Not = "not",
        InSegment = "is in the segment",
        Consent = "the consent to",
        HasIdentifier = "has an identifier",
        Identifiers = "identifiers",
        That = "that",
        States = ["unknown", "granted", "denied"],
        AtLeastOne = "at least one",
        Number = "the number of",
        Kinds = ["the number of", "the sum of", "the average of", "the lowest", "the highest", "the number of different", "the first", "the last", "the number of days with", "the number of weeks with", "the number of months with", "the number of years with"],
        Was = "was",
        Over = "over",
        Then = "then",
        WithinTime = "at most",
        Without = "without",
        Between = "between them",
        Begun = "begun",
        InAll = "in all",
        Where = "where",
        From = "from",
        Until = "before",
        InTheLast = "in the last {0}",
        AnniversaryIn = "has its anniversary within {0}",
        Sample = "the place (0 to 100) in the sample",
        Is = "is",
        IsNot = "is not",
        In = "is one of",
        NotIn = "is none of",
        Exists = "is known",
        Missing = "is not known",
        Places = ["contains", "starts with", "ends with"],
        Comparisons = ["is above", "is at least", "is below", "is at most"],
        IsBetween = "is between",
        After = "after",
        Before = "before",
        True = "true",
        False = "false",
        Units = ["second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks"],
        More = n => $"{n.ToString(CultureInfo.InvariantCulture)} more",
    };

    public static Words Danish { get; } = new()
    {
        Culture = CultureInfo.GetCultureInfo("da-DK"),
        Everybody = "alle",
        Nobody = "ingen",
        And = "og",
        Or = "eller",
        Not = "ikke",
        InSegment = "er i segmentet",
        Consent = "samtykket til",
        HasIdentifier = "har en identifikator",
        Identifiers = "identifikatorer",
        That = "der",
        States = ["ukendt", "givet", "afslået"],
        AtLeastOne = "mindst én",
        Number = "antallet af",
        Kinds = ["antallet af", "summen af", "gennemsnittet af", "den laveste", "den højeste", "antallet af forskellige", "den første", "den seneste", "antallet af dage med", "antallet af uger med", "antallet af måneder med", "antallet af år med"],
        Was = "var",
        Over = "over",
        Then = "derefter",
        WithinTime = "højst",
        Without = "uden",
        Between = "imellem",
        Begun = "begyndt",
        InAll = "i alt",
        Where = "hvor",
        From = "fra",
        Until = "før",
        InTheLast = "inden for de seneste {0}",
        AnniversaryIn = "har årsdag inden for {0}",
        Sample = "pladsen (0 til 100) i stikprøven",
        Is = "er",
        IsNot = "er ikke",
        In = "er en af",
        NotIn = "er ingen af",
        Exists = "er kendt",
        Missing = "er ikke kendt",
        Places = ["indeholder", "begynder med", "ender på"],
        Comparisons = ["er over", "er mindst", "er under", "er højst"],
        IsBetween = "er mellem",
        After = "efter",
        Before = "før",
        True = "sandt",
        False = "falsk",
        Units = ["sekund", "sekunder", "minut", "minutter", "time", "timer", "dag", "dage", "uge", "uger"],
        More = n => $"{n.ToString(CultureInfo.InvariantCulture)} flere",
    };
}
