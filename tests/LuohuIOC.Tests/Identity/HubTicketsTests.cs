using System.Net;
using LuohuIOC.Identity;
using LuohuIOC.Tests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LuohuIOC.Tests.Identity;

public sealed class HubTicketsTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void A_ticket_is_good_once()
    {
        var tickets = new HubTickets(_clock);
        var ticket = tickets.Issue("token-1").Ticket;
        Assert.Null(tickets.Redeem(ticket[..^1]));
        Assert.Equal("token-1", tickets.Redeem(ticket));
        Assert.Null(tickets.Redeem(ticket));
    }

    [Fact]
    public void A_ticket_is_good_until_its_time_and_not_at_it()
    {
        var tickets = new HubTickets(_clock);
        var (early, late) = (tickets.Issue("t"), tickets.Issue("t"));
        _clock.Advance(HubTickets.Life - TimeSpan.FromMilliseconds(1));
        Assert.Equal("t", tickets.Redeem(early.Ticket));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(_clock.GetUtcNow(), late.ExpiresAt);
        Assert.Null(tickets.Redeem(late.Ticket));
    }

    [Fact]
    public void Tickets_that_nobody_uses_do_not_pile_up()
    {
        var tickets = new HubTickets(_clock);
        var first = tickets.Issue("t").Ticket;
        _clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < HubTickets.WaitingMax; i++) tickets.Issue("t");
        Assert.Null(tickets.Redeem(first));
        Assert.NotNull(tickets.Redeem(tickets.Issue("t").Ticket));
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
}
