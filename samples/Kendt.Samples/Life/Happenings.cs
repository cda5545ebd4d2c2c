namespace Kendt.Samples;

/// <summary>One line of a receipt or an order; the price is what was paid for one, after the discount.</summary>
internal sealed record Line(Product Product, int Quantity, decimal Price, decimal Discount)
{
    public decimal Total => Quantity * Price;
}

/// <summary>A purchase, or the return of one over the counter (negative quantities).</summary>
/// <param name="Shop">Where; none in the webshop.</param>
/// <param name="Card">The loyalty number that was shown, or empty.</param>
internal sealed record Purchase(DateTime At, Shop? Shop, IReadOnlyList<Line> Lines, string Card)
{
    public decimal Total => Lines.Sum(line => line.Total);
}

/// <summary>Why somebody is on the webshop.</summary>
internal enum Errand
{
    Browse,
    SignUp,
    Subscribe,
    Order,
}

/// <summary>When a visitor is known to the webshop.</summary>
internal enum SignIn
{
    Never,
    During,
    Already,
}

/// <summary>One visit to the webshop.</summary>
/// <param name="Account">The account that is signed in to, if any.</param>
/// <param name="Email">Given without an account: a guest order, the newsletter.</param>
internal sealed record Visit(
    DateTime At, Device Device, Errand Errand, SignIn SignIn, WebAccount? Account, string Email, IReadOnlyList<Product> Viewed)
{
    public string? Search { get; init; }

    public Campaign? Campaign { get; init; }

    public Purchase? Purchase { get; init; }

    public Company? Company { get; init; }
}

/// <summary>Goods that came back.</summary>
internal sealed record GoodsReturn(
    Person Person, DateTime At, Purchase Purchase, Line Line, string Reason, string Email, string Card, Visit? Visit);

/// <summary>One newsletter to many, about one category.</summary>
internal sealed record Campaign(int Number, string Name, string Slug, Category Topic, DateTime SentAt);

/// <summary>Whether chance chose somebody for a newsletter, and what they did with it.</summary>
internal sealed record Treatment(Campaign Campaign, Person Person, bool Treated, bool Opened, bool Clicked);

/// <summary>One thing that happened to a newsletter to one person: sent, opened, clicked, bounced, unsubscribed.</summary>
internal sealed record MailAction(Campaign Campaign, Person Person, string Email, string Action, DateTime At);

/// <summary>What a request for support is about and how it feels.</summary>
internal sealed record Ticket(
    Person Person, DateTime At, DateTime ClosedAt, string Channel, string Topic, int Mood, Product? Product,
    Purchase? Purchase, int? Rating);

/// <summary>A hike or an evening in a shop.</summary>
internal sealed record Outing(int Number, string Name, DateOnly Date, Shop Shop, Category Category);

/// <summary>A line on the sign-up list of an outing.</summary>
internal sealed record Attendance(Outing Outing, Person Person, Card Card, bool Attended);

/// <summary>A period of the paid club: started, renewed, cancelled or lapsed.</summary>
internal sealed record ClubAction(Person Person, string Card, string Action, DateTime At, DateOnly PeriodEnd, string Plan, int Fee);

/// <summary>A decision about one purpose of use.</summary>
internal sealed record Decision(Person Person, string Email, string Card, string Purpose, string State, DateTime At, string Channel);

/// <summary>All that one person did; the parts of a <see cref="LifeStory"/> write into it.</summary>
internal sealed class Chronicle(Person person, Holdings holdings)
{
    public Person Person => person;

    public Holdings Holdings => holdings;

    /// <summary>When they cease to be a customer; it may lie after the last day.</summary>
    public DateTime Leaves { get; set; } = person.Lifespan.Leaves;

    public List<Purchase> Purchases { get; } = [];

    public List<Visit> Visits { get; } = [];

    public List<GoodsReturn> Returns { get; } = [];

    public List<Treatment> Treatments { get; } = [];

    public List<MailAction> Mail { get; } = [];

    public List<Ticket> Tickets { get; } = [];

    public List<Attendance> Outings { get; } = [];

    public List<ClubAction> Club { get; } = [];

    public List<Decision> Decisions { get; } = [];
}
