using LuohuIOC.Notices;
using Xunit;

namespace LuohuIOC.Tests.Notices;

public sealed class NoticeOptionsCheckTests
{
    private readonly NoticeOptions _options = new()
    {
        Mail = new MailOptions { Host = "mail.luohu.test", From = "ioc@luohu.test" },
        Policies = [new PolicyOptions { Name = "值班长", To = ["chief@luohu.test", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123", "https://oapi.dingtalk.com/robot/send?access_token=t#SEC0"] }],
    };

    [Fact]
    public void What_tells_somebody_is_taken()
    {
        Assert.True(Check().Succeeded);
        Assert.True(new NoticeOptionsCheck().Validate(null, new NoticeOptions()).Succeeded);
    }

    [Fact]
    public void Each_fault_is_named_with_its_key()
    {
        _options.WallUrl = "ioc.luohu.test";
        _options.OffDays = ["2027-13-01"];
        _options.MakeupWorkdays = ["2027-01-03", "3 January"];
        _options.Mail = new MailOptions { User = "ioc", Security = MailSecurity.None, Port = 70_000 };
        _options.Policies.Add(new PolicyOptions { Name = "值班长", Severity = "Red", After = TimeSpan.FromDays(8), Kinds = "outfall, lamp", Hours = "08:30", Days = "weekdays", Language = "fr", To = ["chief", "a@b", "a@b", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0#SEC0", "https://open.feishu.cn/open-apis/bot/v2/hook/h#"] });
        _options.Policies.Add(new PolicyOptions());
        var faults = string.Join('\n', Check().Failures!);
        foreach (var key in new[]
        {
            "Notices:WallUrl", "Notices:OffDays: 2027-13-01", "Notices:MakeupWorkdays: 3 January", "Notices:Mail:Host", "Notices:Mail:From", "Notices:Mail:Security", "Notices:Mail:Port", "Notices:Mail:Password", "Notices:Policies:1:Severity", "Notices:Policies:1:After", "Notices:Policies:1:Kinds: lamp", "Notices:Policies:1:Language", "Notices:Policies:1:Days", "Notices:Policies:1:Hours: 08:30",
            "Notices:Policies:1:To:0", "Notices:Policies:1:To:3 has a signing key", "Notices:Policies:1:To:4 ends with #", "To has a@b 2 times", "Notices:Policies:2:Name", "Notices:Policies:2:To is empty", "2 policies are named 值班长",
        })
            Assert.Contains(key, faults, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_of_a_robot_is_a_secret()
    {
        var robot = Recipient.Of("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=73febdcb-1b38-4d1b-a994-790f21fc8d30")!;
        Assert.Equal((NoticeChannel.Webhook, "qyapi.weixin.qq.com …8d30"), (robot.Channel, robot.Label));
        var signed = Recipient.Of("https://oapi.dingtalk.com/robot/send?access_token=t0ken # SEC0")!;
        Assert.Equal(("https://oapi.dingtalk.com/robot/send?access_token=t0ken", "SEC0", "oapi.dingtalk.com …0ken", "oapi.dingtalk.com …0ken"), (signed.Address, signed.SigningKey, signed.Label, $"{signed}"));
        Assert.Null(Recipient.Of("ftp://somewhere/"));
        Assert.Null(Recipient.Of("陈某 <chen@luohu.test>"));
        Assert.Null(Recipient.Of(null));
    }

    private Microsoft.Extensions.Options.ValidateOptionsResult Check() => new NoticeOptionsCheck().Validate(null, _options);
}
