using System.Security.Claims;

namespace Kendt.Studio.Data;

/// <summary>Reads the first screen: how much is known, and the eight answers.</summary>
public interface ITodayReader
{
    /// <summary>The strip above the answers; quick, since it is read again while a job runs.</summary>
    Task<Overview> OverviewAsync(CancellationToken cancel);

    /// <summary>One answer for each <see cref="Question"/>, in any order; a missing one is shown as needing data.</summary>
    Task<IReadOnlyList<Answer>> AnswersAsync(CancellationToken cancel);

    /// <summary>Those who asked for help last, each once; none where the reader may not see that.</summary>
    Task<IReadOnlyList<CustomerLine>> HelpAsync(int limit, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>A customer in a short list.</summary>
/// <param name="Note">A city, or what was asked for; null for nothing.</param>
public sealed record CustomerLine(Kendt.Model.ProfileId Id, string Name, string? Note, Figure? Value, DateTimeOffset? At);

/// <summary>A short list of customers; its phrase is <c>Today.List.NAME</c>.</summary>
/// <param name="Address">Where all of them are; empty if nowhere.</param>
public sealed record CustomersShown(string Name, IReadOnlyList<CustomerLine> Lines, string Address);

/// <summary>What is known, in five numbers.</summary>
/// <param name="FreshSources">Sources that delivered within the last 24 hours.</param>
public sealed record Overview(
    long People, long Companies, long Events, int Sources, int FreshSources, DateTimeOffset? LastReceived, DateTimeOffset AsOf);

/// <summary>The eight questions by which the product is judged.</summary>
public enum Question { Valuable, Personalise, Interests, NextAction, Churn, Attributes, Reach, Audience }

/// <summary>An answer, or what is needed for one.</summary>
public abstract record Answer
{
    private protected Answer(Question question) => Question = question;

    public Question Question { get; }
}

/// <summary>There are not yet data for this question.</summary>
public sealed record Needs(Question Question, Need Need) : Answer(Question);

/// <summary>A live answer. Studio words <see cref="Finding"/> in the reader's language around the figures.</summary>
/// <param name="Figures">The first is the headline; which ones there must be is said at <see cref="Data.Finding"/>.</param>
public sealed record Answered(Question Question, Finding Finding, IReadOnlyList<Figure> Figures, DateTimeOffset AsOf) : Answer(Question)
{
    /// <summary>At most five rows.</summary>
    public IReadOnlyList<Bar> Bars { get; init; } = [];

    /// <summary>A curve over time, oldest first; empty if there is none.</summary>
    public IReadOnlyList<Point> Curve { get; init; } = [];

    /// <summary>An address inside Studio: the people or details behind the answer.</summary>
    public string? Link { get; init; }
}

/// <summary>What an answer found, with the figures that it is worded around, in their order.</summary>
public enum Finding
{
    /// <summary>{0} share of spend by the top tenth, {1} customers in the top tenth, {2} their spend.</summary>
    TopTenthSpend,
    /// <summary>{0} people with a name and a way to reach them, {1} of them who granted marketing.</summary>
    KnownWell,
    /// <summary>{0} the category bought most, {1} its share of orders, {2} buyers of it.</summary>
    MostBought,
    /// <summary>{0} people who left a basket in the last 7 days, {1} what lies in the baskets.</summary>
    BasketsLeft,
    /// <summary>{0} customers to offer the best next action to, {1} that action.</summary>
    BestAction,
    /// <summary>{0} customers who bought before and have been quiet for 180 days, {1} share of all customers, {2} what they spent.</summary>
    GoneQuiet,
    /// <summary>{0} customers at risk, {1} their expected spend.</summary>
    AtRisk,
    /// <summary>{0} the attribute that sets buyers most apart, {1} its index against everybody (100 is the same).</summary>
    StandsOut,
    /// <summary>{0} people who can be reached, {1} the channel that reaches most of them, {2} that channel's people.</summary>
    Reachable,
    /// <summary>{0} devices, {1} categories, {2} devices whose traits expire within 7 days.</summary>
    DevicesByCategory,
}

/// <summary>What is missing before a question can be answered; each has a next step in Studio.</summary>
public enum Need { Orders, Customers, Products, Behaviour, Offers, Model, Contacts, Audience }
