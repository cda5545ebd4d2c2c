using Kendt.Model;

namespace Kendt.Studio.Data;

/// <summary>Reads customers: found by anything that names them, seen in full, and in time.</summary>
public interface IPeopleReader
{
    /// <summary>The first few customers for what is typed so far; the best first. Called on every pause in typing.</summary>
    Task<IReadOnlyList<PersonRow>> SuggestAsync(string text, int limit, CancellationToken cancel);

    /// <summary>Customers for the list. An empty text finds everybody.</summary>
    Task<Stretch<PersonRow>> SearchAsync(PeopleQuery query, CancellationToken cancel);

    /// <summary>One customer in full. A merged id gives <see cref="ProfileMoved"/>, an unknown one <see cref="ProfileUnknown"/>.</summary>
    Task<ProfileAnswer> FindAsync(ProfileId id, CancellationToken cancel);

    /// <summary>A stretch of a customer's timeline, newest first.</summary>
    Task<TimelineView> TimelineAsync(ProfileId id, TimelineQuery query, CancellationToken cancel);
}

/// <summary>A person or a company.</summary>
public enum CustomerKind { Person, Company }

/// <summary>How the list of customers is ordered.</summary>
public enum PeopleOrder { Relevance, LastSeen, Spend, Name }

/// <summary>What the list of customers shows.</summary>
/// <param name="Text">Name, e-mail, phone or any identifier, or the beginning of one.</param>
/// <param name="Kind">Null for both.</param>
/// <param name="Segment">Only members of this segment; null for everybody.</param>
/// <param name="Page">The first is 1.</param>
public sealed record PeopleQuery(string Text, CustomerKind? Kind, string? Segment, PeopleOrder Order, int Page, int Size);

/// <summary>A customer in a list.</summary>
public sealed record PersonRow(
    ProfileId Id, CustomerKind Kind, string Name, string? Email, string? Phone, string? City, DateTimeOffset? LastSeen, Money? Spend);

/// <summary>What asking for one customer gave.</summary>
public abstract record ProfileAnswer
{
    private protected ProfileAnswer() { }
}

/// <summary>No customer has or had this id.</summary>
public sealed record ProfileUnknown : ProfileAnswer;

/// <summary>The customer was found to be the same as another, where everything is now.</summary>
public sealed record ProfileMoved(ProfileId Survivor) : ProfileAnswer;

/// <summary>All that is known of one customer, but for the timeline.</summary>
public sealed record ProfileView : ProfileAnswer
{
    public required ProfileId Id { get; init; }
    public required CustomerKind Kind { get; init; }
    /// <summary>Empty if no source has said it.</summary>
    public required string Name { get; init; }
    public string? City { get; init; }
    public string? Country { get; init; }
    public required DateTimeOffset Since { get; init; }
    public DateTimeOffset? LastSeen { get; init; }
    public IReadOnlyList<KeyMeasure> Measures { get; init; } = [];
    /// <summary>The stored measures that this customer has a figure of.</summary>
    public IReadOnlyList<FigureView> Figures { get; init; } = [];
    /// <summary>What is best known first; null if nothing stands out.</summary>
    public NextFactView? Next { get; init; }
    public IReadOnlyList<IdentifierView> Identifiers { get; init; } = [];
    public IReadOnlyList<TraitView> Traits { get; init; } = [];
    public IReadOnlyList<ConsentView> Consents { get; init; } = [];
    public IReadOnlyList<SegmentMark> Segments { get; init; } = [];
    /// <summary>The others of a person's household.</summary>
    public IReadOnlyList<RelatedCustomer> Household { get; init; } = [];
    public IReadOnlyList<MergeView> Merges { get; init; } = [];
    /// <summary>The companies that a person belongs to, or the groups that a company is part of; the first is shown at the head.</summary>
    public IReadOnlyList<RelatedCustomer> Companies { get; init; } = [];
    /// <summary>The companies that are part of this one.</summary>
    public IReadOnlyList<RelatedCustomer> Parts { get; init; } = [];
    /// <summary>The people of a company, the first fifty.</summary>
    public IReadOnlyList<RelatedCustomer> Contacts { get; init; } = [];
    public required DateTimeOffset AsOf { get; init; }
}

/// <summary>The measures shown at the head of a customer's page, in this order.</summary>
public enum MeasureKind { LifetimeSpend, Orders, AverageOrder, LastOrder, Visits, Returns, Points, LifetimeValue, ChurnRisk }

/// <summary>One number about a customer.</summary>
public sealed record KeyMeasure(MeasureKind Kind, Figure Value);

/// <summary>A stored measure and the customer's figure of it.</summary>
/// <param name="Events">The events that it is computed from.</param>
public sealed record FigureView(string Name, string Title, double Value, DateTimeOffset AsOf, IReadOnlyList<string> Events);

/// <summary>What is best known first of a customer: a plain rule, not a prediction.</summary>
/// <param name="Kind">BasketLeft, Overdue, New, AskedForHelp or Looking.</param>
/// <param name="Worth">Of a basket.</param>
/// <param name="UsualDays">How many days lie between orders on average, of a customer who is overdue.</param>
public sealed record NextFactView(string Kind, DateTimeOffset At, Money? Worth, double? UsualDays);

/// <summary>An identifier of a customer and why it is theirs.</summary>
/// <param name="Type">As in <see cref="Identifier.Type"/>.</param>
public sealed record IdentifierView(string Type, string Value, string Source, DateTimeOffset FirstSeen, IReadOnlyList<LinkView> Links);

/// <summary>Evidence that this identifier and another belong together.</summary>
/// <param name="Evidence">Where it was seen: <c>message:SOURCE:SEQ</c> or <c>record:SOURCE:KEY</c>.</param>
public sealed record LinkView(
    string Rule, string OtherType, string OtherValue, string Source, string Evidence, double Weight, DateTimeOffset At, DateTimeOffset? RevokedAt);

/// <summary>An attribute with the value that stands.</summary>
/// <param name="RunnersUp">What other sources say, or said before; the newest first.</param>
public sealed record TraitView(string Name, string Value, string Source, DateTimeOffset At, IReadOnlyList<TraitSaid> RunnersUp);

/// <summary>A value that a source once said.</summary>
public sealed record TraitSaid(string Value, string Source, DateTimeOffset At);

/// <summary>Where a customer stands on one purpose.</summary>
/// <param name="At">Null when they were never asked.</param>
public sealed record ConsentView(string Purpose, string Title, ConsentState State, DateTimeOffset? At, string? Source, string? Evidence);

/// <summary>A segment that the customer is in.</summary>
public sealed record SegmentMark(string Name, string Title, DateTimeOffset EnteredAt);

/// <summary>An id that was once a customer of its own.</summary>
/// <param name="Because">The rule and the evidence, in words; empty if the link was not kept.</param>
public sealed record MergeView(ProfileId Loser, DateTimeOffset At, string Because);

/// <summary>Somebody who belongs to this customer.</summary>
/// <param name="Role">Job title or relation; null if not known.</param>
/// <param name="Evidence">The message or record that said so first.</param>
public sealed record RelatedCustomer(ProfileId Id, string Name, string? Role, string? Email, string? Evidence = null);
