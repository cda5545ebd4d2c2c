using Kendt.Model;
using Kendt.Studio.Data;
using Kendt.Unify;

namespace Kendt.Studio.Preview;

public sealed partial class DesignData
{
    private static readonly Identifier Mail = new("email", "anne.jensen@mail.example"), User = new("user_id", "u-20417"), Tablet = new("anonymous_id", "shop-tablet-3"), Son = new("email", "emil.jensen@mail.example");

    /// <summary>What was ordered last.</summary>
    public IdentityOrder? Ordered { get; private set; }

    private IReadOnlyList<Decision> Decided =>
    [
        new(3, DecisionKind.Quarantine, Tablet, null, [], Decision.Learnt, "left out with 5 different profiles", Now.AddDays(-3), null, null),
        new(2, DecisionKind.Split, Son, Mail, [Son], "member:signe@fjeld.example", "her son", Now.AddDays(-20), null, null),
        new(1, DecisionKind.Same, User, Mail, [], "member:kasper@fjeld.example", "called us", Now.AddDays(-60), Now.AddDays(-59), "member:kasper@fjeld.example"),
    ];

    public Task<IdentityView?> IdentityAsync(ProfileId id, DateTimeOffset? asOf, CancellationToken cancel)
    {
        if (asOf < Now.AddDays(-612)) return Task.FromResult<IdentityView?>(null);
        Link[] links =
        [
            new(User, Mail, Link.SeenTogether, "message:webshop:88213", "webshop", 1, Now.AddDays(-410), null, null),
            new(User, new("anonymous_id", "7d3c-91af"), Link.SeenTogether, "message:webshop:41902", "webshop", 1, Now.AddDays(-598), null, null),
        ];
        return Task.FromResult<IdentityView?>(new(id, id, asOf,
            [new(Mail, "webshop", Now.AddDays(-612)), new(User, "webshop", Now.AddDays(-598)), new(new("anonymous_id", "7d3c-91af"), "webshop", Now.AddDays(-598))],
            [Merged], links, [new(Tablet, User, LeftOut.Limit("user_id"), "message:webshop:120544", 3, Now.AddDays(-9))],
            [
                new(Now.AddDays(-612), IdentityChange.Created, id, null, "", null), new(Now.AddDays(-410), IdentityChange.Merged, Merged, id, "message:webshop:88213", null),
                new(Now.AddDays(-20), IdentityChange.Parted, IdOf("old"), null, "decision:2", null), new(Now.AddDays(-20), IdentityChange.Decided, id, null, "decision:2", Decided[1]),
            ]));
    }

    Task<Why> IIdentityReader.WhyAsync(string left, string right, CancellationToken cancel) => right.Contains("nobody", StringComparison.Ordinal)
        ? throw new BadInputException("No customer has that identifier.")
        : Task.FromResult(new Why(Mail, User, People[4].Id, People[4].Id, [new(User, Mail, Link.SeenTogether, "message:webshop:88213", "webshop", 1, Now.AddDays(-410), null, null)], [], [], []));

    public Task<IdentityBook> BookAsync(CancellationToken cancel) => Task.FromResult(new IdentityBook([new(Decided[0], 7, People[9].Id)], Decided));

    public Task<IdentityOutcome> DecideAsync(IdentityOrder order, CancellationToken cancel)
    {
        Ordered = order;
        return Task.FromResult(new IdentityOutcome(Decided[1], [new(People[4].Id, null, order.Identifiers.Count > 0 ? order.Identifiers : [User], 41, 2)], [], [], order.IsPreview, false));
    }
}
