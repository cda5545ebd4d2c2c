using Kendt.Model;
using Kendt.Studio.Data;
using Kendt.Unify;

namespace Kendt.Studio.Preview;

/// <summary>A workspace of the first minute: nothing has come in.</summary>
public sealed class EmptyData(TimeProvider time)
    : IWorkspaceReader, ITodayReader, IPeopleReader, IDataReader, IDataWriter, ISegmentReader, IActivationReader, IAudienceReader, IGovernReader, IIdentityReader, IIdentityWriter
{
    public Task<WorkspaceView> ReadAsync(CancellationToken cancel) => Task.FromResult(new WorkspaceView("New workspace", "0.1.0"));
    public Task<Overview> OverviewAsync(CancellationToken cancel) => Task.FromResult(new Overview(0, 0, 0, 0, 0, null, time.GetUtcNow()));
    public Task<IReadOnlyList<CustomerLine>> HelpAsync(int limit, System.Security.Claims.ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult<IReadOnlyList<CustomerLine>>([]);

    public Task<IReadOnlyList<Answer>> AnswersAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<Answer>>([]);
    public Task<IReadOnlyList<PersonRow>> SuggestAsync(string text, int limit, CancellationToken cancel) => Task.FromResult<IReadOnlyList<PersonRow>>([]);
    public Task<Stretch<PersonRow>> SearchAsync(PeopleQuery query, CancellationToken cancel) => Task.FromResult(Stretch<PersonRow>.Nothing);
    public Task<ProfileAnswer> FindAsync(ProfileId id, CancellationToken cancel) => Task.FromResult<ProfileAnswer>(new ProfileUnknown());

    public Task<TimelineView> TimelineAsync(ProfileId id, TimelineQuery query, CancellationToken cancel) =>
        Task.FromResult(new TimelineView([], null, new Dictionary<TimelineKind, long>(), []));

    public Task<IdentityView?> IdentityAsync(ProfileId id, DateTimeOffset? asOf, CancellationToken cancel) => Task.FromResult<IdentityView?>(null);
    public Task<Why> WhyAsync(string left, string right, CancellationToken cancel) => throw new BadInputException("No customer has that identifier.");
    public Task<IdentityBook> BookAsync(CancellationToken cancel) => Task.FromResult(new IdentityBook([], []));
    public Task<IdentityOutcome> DecideAsync(IdentityOrder order, CancellationToken cancel) => throw new BadInputException("There is no such profile.");

    public Task<IReadOnlyList<SourceRow>> SourcesAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<SourceRow>>([]);
    public Task<SourceView?> SourceAsync(string name, CancellationToken cancel) => Task.FromResult<SourceView?>(null);
    public Task<Stretch<ImportRow>> ImportsAsync(int page, int size, CancellationToken cancel) => Task.FromResult(Stretch<ImportRow>.Nothing);
    public Task<DeadLetterView> DeadLettersAsync(DeadLetterQuery query, CancellationToken cancel) => Task.FromResult(new DeadLetterView(Stretch<DeadLetter>.Nothing, [], []));
    public Task<Stretch<JobView>> JobsAsync(int page, int size, CancellationToken cancel) => Task.FromResult(Stretch<JobView>.Nothing);
    public Task<IReadOnlyList<JobView>> ActiveJobsAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<JobView>>([]);
    public Task<JobId> StartImportAsync(ImportOrder order, CancellationToken cancel) => throw new BadInputException($"source '{order.Source}' is not there; make it first.");
    public Task CancelJobAsync(JobId id, CancellationToken cancel) => Task.CompletedTask;
    public Task<IReadOnlyList<SegmentRow>> ListAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<SegmentRow>>([]);
    public Task<SegmentView?> FindAsync(string name, CancellationToken cancel) => Task.FromResult<SegmentView?>(null);
    public Task<IReadOnlyList<DestinationRow>> DestinationsAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<DestinationRow>>([]);
    public Task<Stretch<DeliveryRow>> DeliveriesAsync(DeliveryQuery query, CancellationToken cancel) => Task.FromResult(Stretch<DeliveryRow>.Nothing);
    public Task<DeliveryView?> DeliveryAsync(DeliveryId id, CancellationToken cancel) => Task.FromResult<DeliveryView?>(null);
    Task<AudienceView> IAudienceReader.ReadAsync(CancellationToken cancel) => Task.FromResult(new AudienceView(0, 0, 0, [], [], [], [], [], time.GetUtcNow()));
    public Task<IReadOnlyList<PurposeRow>> PurposesAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<PurposeRow>>([]);
    public Task<IReadOnlyList<MemberRow>> MembersAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<MemberRow>>([]);
    public Task<Stretch<AuditRow>> AuditAsync(AuditQuery query, CancellationToken cancel) => Task.FromResult(Stretch<AuditRow>.Nothing);
}
