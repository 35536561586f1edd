using LuohuIOC.Alerts;
using Orleans.Placement;

namespace LuohuIOC.Notices;

/// <summary>There is one in a city, so that nobody is told by each host.</summary>
[Alias("luohu.notices")]
internal interface INoticeGrain : IGrainWithIntegerKey
{
    /// <summary>Tells whoever is to be told. Completes when servers have answered or their time is up.</summary>
    [Alias("tell")]
    Task Tell();

    /// <summary>All ways to recipients and what came of their last messages.</summary>
    [Alias("lines")]
    Task<NoticeLineView[]> Lines();

    /// <summary>Sends a trial message to the recipients of a policy and answers with what came of it; none where no policy has that name.</summary>
    [Alias("try")]
    Task<NoticeLineView[]> Try(string policy, string officer);
}

/// <summary>One policy's way to one recipient.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Severity">Least severity that it tells of.</param>
/// <param name="After">So long an alert must have waited for an officer.</param>
/// <param name="To">The recipient, as far as people may see it.</param>
/// <param name="Channel"><c>mail</c> or <c>webhook</c>.</param>
/// <param name="LastAt">When the last message left; null before the first since the start.</param>
/// <param name="DeliveredAt">When the last one that its server took did; null before.</param>
/// <param name="Failures">Failures since then in a row.</param>
/// <param name="Answer">What the server said last, or what failed.</param>
[GenerateSerializer, Immutable, Alias("luohu.notice-line.v1")]
public sealed record NoticeLineView(
    [property: Id(0)] string Policy,
    [property: Id(1)] string Severity,
    [property: Id(2)] TimeSpan After,
    [property: Id(3)] string To,
    [property: Id(4)] string Channel,
    [property: Id(5)] DateTimeOffset? LastAt,
    [property: Id(6)] DateTimeOffset? DeliveredAt,
    [property: Id(7)] int Failures,
    [property: Id(8)] string? Answer);

/// <summary>Calls come one after another: what is sent has been taken note of before the next look.</summary>
[PreferLocalPlacement]
internal sealed class NoticeGrain(NoticeRound round) : Grain, INoticeGrain
{
    private readonly CancellationTokenSource _ended = new();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _ended.Cancel();
        return Task.CompletedTask;
    }

    public Task Tell() => round.TellAsync(_ended.Token);

    public Task<NoticeLineView[]> Lines() => Task.FromResult(Views());

    public async Task<NoticeLineView[]> Try(string policy, string officer)
    {
        await round.TryAsync(policy, officer, _ended.Token);
        return [.. Views().Where(line => line.Policy == policy)];
    }

    private NoticeLineView[] Views() =>
    [
        .. round.Lines.Select(line => new NoticeLineView(
            line.Policy.Name, line.Policy.Severity, line.Policy.After, line.Recipient.Label, line.Recipient.Channel == NoticeChannel.Mail ? "mail" : "webhook",
            line.LastAt, line.DeliveredAt, line.Failures, line.Answer)),
    ];
}
