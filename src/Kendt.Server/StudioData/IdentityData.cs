using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Security;
using Kendt.Studio.Data;
using Kendt.Unify;

namespace Kendt.Server.StudioData;

/// <summary>Who is who, as Studio shows it.</summary>
public sealed class IdentityData(IdentityReader identity) : IIdentityReader
{
    private const int Most = 200;

    public Task<IdentityView?> IdentityAsync(ProfileId id, DateTimeOffset? asOf, CancellationToken cancel) => identity.ShowAsync(id, asOf, cancel);

    public Task<Why> WhyAsync(string left, string right, CancellationToken cancel) => identity.WhyAsync(left, right, cancel);

    public async Task<IdentityBook> BookAsync(CancellationToken cancel) => new(await identity.QuarantinedAsync(Most, cancel), await identity.DecisionsAsync(standing: false, Most, cancel));
}

/// <summary>What Studio may decide about identity: what the person's role allows.</summary>
public sealed class IdentityOrders(IdentityReader identity, IdentityActions actions) : IIdentityWriter
{
    public async Task<IdentityOutcome> DecideAsync(IdentityOrder order, CancellationToken cancel)
    {
        if (!Enum.TryParse<Role>(order.Who?.FindFirstValue(ClaimTypes.Role), out var role) || !Roles.Allows(role, Permission.DecideIdentity))
            throw new BadInputException("Your role does not allow you to decide who is who. Ask an administrator, or somebody of service or privacy.");
        var asking = new IdentityActions.Asking(order.Who!.Actor(), order.Reason, order.IsPreview);
        return order.Verb switch
        {
            IdentityVerb.Confirm => await actions.ConfirmAsync(await MineAsync(order, cancel), await identity.MeantAsync(order.Other, cancel), asking, cancel),
            IdentityVerb.Forbid => await actions.ForbidAsync(await MineAsync(order, cancel), await identity.MeantAsync(order.Other, cancel), asking, cancel),
            IdentityVerb.Split => await actions.SplitAsync(order.Profile!.Value, order.Identifiers, asking, cancel),
            IdentityVerb.Quarantine => await actions.QuarantineAsync(order.Identifiers[0], asking, cancel),
            IdentityVerb.Release => await actions.ReleaseAsync(order.Identifiers[0], asking, cancel),
            _ => await actions.UndoAsync(order.Decision, asking, cancel),
        };
    }

    private Task<Identifier> MineAsync(IdentityOrder order, CancellationToken cancel) => identity.MeantAsync(order.Profile!.Value.ToString(), cancel);
}
