using System.Net;
using LuohuIOC.Identity;
using LuohuIOC.Tests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LuohuIOC.Tests.Identity;

public sealed class HubTicketsTests : IDisposable
{
    private readonly TemporaryIdentity _here = new();

    private FakeClock Clock => _here.Clock;

    [Fact]
    public async Task A_ticket_is_good_once()
    {
        var tickets = new HubTickets(_here.Database, Clock);
        var ticket = (await Issue(tickets, "token-1")).Ticket;
        Assert.Null(await Redeem(tickets, ticket[..^1]));
        Assert.Equal("token-1", await Redeem(tickets, ticket));
        Assert.Null(await Redeem(tickets, ticket));
    }

    [Fact]
    public async Task A_ticket_is_good_until_its_time_and_not_at_it()
    {
        var tickets = new HubTickets(_here.Database, Clock);
        var (early, late) = (await Issue(tickets, "t"), await Issue(tickets, "t"));
        Clock.Advance(HubTickets.Life - TimeSpan.FromMilliseconds(1));
        Assert.Equal("t", await Redeem(tickets, early.Ticket));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Clock.GetUtcNow(), late.ExpiresAt);
        Assert.Null(await Redeem(tickets, late.Ticket));
    }

    [Fact]
    public async Task Tickets_that_nobody_uses_do_not_pile_up()
    {
        var tickets = new HubTickets(_here.Database, Clock);
        var first = (await Issue(tickets, "t")).Ticket;
        Clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < HubTickets.WaitingMax; i++) await Issue(tickets, $"t{i % 20}");
        Assert.Null(await Redeem(tickets, first));
        Assert.NotNull(await Redeem(tickets, (await Issue(tickets, "t")).Ticket));
    }

    [Fact]
    public async Task Who_asks_for_many_pushes_out_nobody_elses()
    {
        var tickets = new HubTickets(_here.Database, Clock);
        var (another, own) = ((await Issue(tickets, "wall")).Ticket, (await Issue(tickets, "greedy")).Ticket);
        Clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 1; i < HubTickets.WaitingOfTokenMax; i++) await Issue(tickets, "greedy");
        Assert.Equal("greedy", await Redeem(tickets, own));
        var oldest = (await Issue(tickets, "greedy")).Ticket;
        for (var i = 0; i < 2 * HubTickets.WaitingMax; i++) await Issue(tickets, "greedy");
        Assert.Null(await Redeem(tickets, oldest));
        Assert.Equal("greedy", await Redeem(tickets, (await Issue(tickets, "greedy")).Ticket));
        Assert.Equal("wall", await Redeem(tickets, another));
    }

    [Fact]
    public async Task A_ticket_opens_the_hubs_once_and_nothing_else_and_stands_in_no_log()
    {
        await using var host = await WebHost.StartAsync(map: app =>
            app.MapGet("/hubs/look", (HttpContext context) => context.User.Identity!.Name).RequireAuthorization("viewer"));
        using var viewer = host.ClientAs(Role.Viewer);
        var issued = await ApiClient.JsonOf(await viewer.Post("/api/v1/tickets", ""));
        var ticket = issued.GetProperty("ticket").GetString()!;
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.Get($"/api/v1/me?access_token={ticket}")).StatusCode);
        Assert.Equal("a Viewer", await ApiClient.TextOf(await host.Client.Get($"/hubs/look?access_token={ticket}")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.Get($"/hubs/look?access_token={ticket}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.Post("/api/v1/tickets", "")).StatusCode);
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains(ticket, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ticket_dies_with_the_token_it_was_issued_for()
    {
        await using var host = await WebHost.StartAsync(map: app => app.MapGet("/hubs/look", () => "seen").RequireAuthorization("viewer"));
        var tokens = (TokenBook)host.Services.GetService(typeof(TokenBook))!;
        var (token, text) = tokens.Issue("somebody", Role.Viewer, null);
        using var client = host.ClientWith(text);
        var ticket = (await ApiClient.JsonOf(await client.Post("/api/v1/tickets", ""))).GetProperty("ticket").GetString()!;
        tokens.Revoke(token.Id);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.Get($"/hubs/look?access_token={ticket}")).StatusCode);
    }

    public void Dispose() => _here.Dispose();

    private static Task<HubTicket> Issue(HubTickets tickets, string token) => tickets.IssueAsync(token, TestContext.Current.CancellationToken);

    private static Task<string?> Redeem(HubTickets tickets, string text) => tickets.RedeemAsync(text, TestContext.Current.CancellationToken);
}
