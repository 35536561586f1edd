using Orleans.Placement;

namespace LuohuIOC.Notices;

/// <summary>There is one in a city, so that nobody is told by each host.</summary>
[Alias("luohu.notices")]
internal interface INoticeGrain : IGrainWithIntegerKey
{
    /// <summary>Begins to tell whoever is to be told.</summary>
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
/// <param name="LastAt">When the last message was answered or given up; null before the first since the start.</param>
/// <param name="DeliveredAt">When the last one that its server took was; null before.</param>
/// <param name="Failures">Failures since then in a row.</param>
/// <param name="Answer">What the server said last, or what failed.</param>
/// <param name="OnDuty">False outside of the policy's hours and days: until they come it tells of nothing new.</param>
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
    [property: Id(8)] string? Answer,
    [property: Id(9)] bool OnDuty = true);

[PreferLocalPlacement]
internal sealed class NoticeGrain(NoticeRound round, TimeProvider time, ILogger<NoticeGrain> logger) : Grain, INoticeGrain
{
    public Task Tell()
    {
        // Another host has policies, or it would not ask.
        if (round.Lines.Count == 0) logger.LogError("Notices: this host is to tell for the whole city and has no policies, so nobody is told. Give every host the same section Notices and start this one anew.");
        round.Begin();
        return Task.CompletedTask;
    }

    public Task<NoticeLineView[]> Lines() => Task.FromResult(Views());

    public async Task<NoticeLineView[]> Try(string policy, string officer)
    {
        await round.TryAsync(policy, officer);
        return [.. Views().Where(line => line.Policy == policy)];
    }

    private NoticeLineView[] Views() => [.. round.Lines.Select(line => line.View with { OnDuty = line.Policy.IsOnDuty(time.GetUtcNow()) })];
}
