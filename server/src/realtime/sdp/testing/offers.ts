// Offers as browsers write them, for one microphone and the data channel `oai-events`: Chromium's as version 156 wrote it,
// Firefox's as version 153 did.

const lines = (text: string): string => `${text.trim().split(/\n\s*/).join('\r\n')}\r\n`;

export const CHROMIUM = lines(`
  v=0
  o=- 5445181164305145655 2 IN IP4 127.0.0.1
  s=-
  t=0 0
  a=group:BUNDLE 0 1
  a=extmap-allow-mixed
  a=msid-semantic: WMS
  m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
  c=IN IP4 0.0.0.0
  a=rtcp:9 IN IP4 0.0.0.0
  a=ice-ufrag:gSv1
  a=ice-pwd:SznAv8kAbWEN38ER4yDPWrSL
  a=ice-options:trickle
  a=fingerprint:sha-256 14:28:36:FD:8D:91:C8:AF:11:0E:3C:09:D8:0E:2C:D0:25:D9:59:CD:B0:34:7C:87:D6:18:FE:91:50:8A:33:0A
  a=setup:actpass
  a=mid:0
  a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
  a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
  a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
  a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
  a=sendrecv
  a=msid:- 8c73ef3c-9a4a-435d-afa4-260866297d9c
  a=rtcp-mux
  a=rtcp-rsize
  a=rtcp-xr:rcvr-rtt=all
  a=rtpmap:111 opus/48000/2
  a=rtcp-fb:111 transport-cc
  a=fmtp:111 minptime=10;useinbandfec=1
  a=rtpmap:63 red/48000/2
  a=fmtp:63 111/111
  a=rtpmap:9 G722/8000
  a=rtpmap:0 PCMU/8000
  a=rtpmap:8 PCMA/8000
  a=rtpmap:13 CN/8000
  a=rtpmap:110 telephone-event/48000
  a=rtpmap:126 telephone-event/8000
  a=ssrc:3596059213 cname:1F0sc5wFdS1gw4SO
  a=ssrc:3596059213 msid:- 8c73ef3c-9a4a-435d-afa4-260866297d9c
  m=application 9 UDP/DTLS/SCTP webrtc-datachannel
  c=IN IP4 0.0.0.0
  a=ice-ufrag:gSv1
  a=ice-pwd:SznAv8kAbWEN38ER4yDPWrSL
  a=ice-options:trickle
  a=fingerprint:sha-256 14:28:36:FD:8D:91:C8:AF:11:0E:3C:09:D8:0E:2C:D0:25:D9:59:CD:B0:34:7C:87:D6:18:FE:91:50:8A:33:0A
  a=setup:actpass
  a=mid:1
  a=sctp-port:5000
  a=max-message-size:262144
`);

export const FIREFOX = lines(`
  v=0
  o=mozilla...THIS_IS_SDPARTA-99.0 4428282005153996207 0 IN IP4 0.0.0.0
  s=-
  t=0 0
  a=sendrecv
  a=fingerprint:sha-256 E2:DA:12:9B:E5:5F:ED:D7:85:97:AB:40:6C:8E:AD:E0:20:A4:82:65:0E:61:51:7F:FF:47:BE:ED:E2:5C:C1:F0
  a=group:BUNDLE 0 1
  a=ice-options:trickle
  a=msid-semantic:WMS *
  m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
  c=IN IP4 0.0.0.0
  a=sendrecv
  a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
  a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
  a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
  a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
  a=extmap-allow-mixed
  a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
  a=fmtp:101 0-15
  a=ice-pwd:f761acb2e1f6c5eb5a14be7430ca3ac3
  a=ice-ufrag:a7368b75
  a=mid:0
  a=msid:{e3cf373d-2539-4239-9558-77c5f1189b77} {a44184bf-9b7f-491c-80ab-c899898c469a}
  a=rtcp-fb:109 transport-cc
  a=rtcp-fb:9 transport-cc
  a=rtcp-fb:0 transport-cc
  a=rtcp-fb:8 transport-cc
  a=rtcp-mux
  a=rtpmap:109 opus/48000/2
  a=rtpmap:9 G722/8000/1
  a=rtpmap:0 PCMU/8000
  a=rtpmap:8 PCMA/8000
  a=rtpmap:101 telephone-event/8000
  a=setup:actpass
  a=ssrc:1885972770 cname:{f1d80d46-f79d-46db-899b-fbcaaa9860ba}
  m=application 9 UDP/DTLS/SCTP webrtc-datachannel
  c=IN IP4 0.0.0.0
  a=sendrecv
  a=ice-pwd:f761acb2e1f6c5eb5a14be7430ca3ac3
  a=ice-ufrag:a7368b75
  a=mid:1
  a=setup:actpass
  a=sctp-port:5000
  a=max-message-size:1073741823
`);
