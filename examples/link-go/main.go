// A bot's link with Haltwatch in Go, standard library only: the protocol is docs/link.md.
//
// Run as it is, it is a small bot that is told what to do by lines: fail, open, closed, look, stop.
package main

import (
	"bufio"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
)

const silent = 4 * time.Second // nothing from Haltwatch for so long: the connection is dead

type object = map[string]any

// socket is the little of RFC 6455 that a client needs.
type socket struct {
	net.Conn
	in    *bufio.Reader
	write sync.Mutex
}

func dial(address, token string) (*socket, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	var conn net.Conn
	dialer := &net.Dialer{Timeout: 2 * time.Second}
	if at.Scheme == "wss" {
		conn, err = tls.DialWithDialer(dialer, "tcp", at.Host, nil)
	} else {
		conn, err = dialer.Dial("tcp", at.Host)
	}
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(2 * time.Second))
	key := make([]byte, 16)
	rand.Read(key)
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer %s\r\n\r\n",
		at.Path, at.Host, base64.StdEncoding.EncodeToString(key), token)
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, nil)
	if err == nil && answer.StatusCode != 101 {
		err = fmt.Errorf("Haltwatch refused: %s", answer.Status)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	conn.SetDeadline(time.Time{})
	return &socket{Conn: conn, in: in}, nil
}

func (s *socket) send(opcode byte, data []byte) error {
	head := []byte{0x80 | opcode}
	switch size := len(data); {
	case size < 126:
		head = append(head, 0x80|byte(size))
	case size < 65536:
		head = binary.BigEndian.AppendUint16(append(head, 0x80|126), uint16(size))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 0x80|127), uint64(size))
	}
	mask := make([]byte, 4)
	rand.Read(mask)
	frame := append(head, mask...)
	for i, b := range data {
		frame = append(frame, b^mask[i%4])
	}
	s.write.Lock()
	defer s.write.Unlock()
	s.SetWriteDeadline(time.Now().Add(silent))
	_, err := s.Write(frame)
	return err
}

func (s *socket) receive() ([]byte, error) {
	var text []byte
	for {
		s.SetReadDeadline(time.Now().Add(silent))
		head := make([]byte, 2)
		if _, err := io.ReadFull(s.in, head); err != nil {
			return nil, err
		}
		size := uint64(head[1] & 0x7f)
		if size > 125 {
			long := make([]byte, map[uint64]int{126: 2, 127: 8}[size])
			if _, err := io.ReadFull(s.in, long); err != nil {
				return nil, err
			}
			size = binary.BigEndian.Uint64(append(make([]byte, 8-len(long)), long...))
		}
		if size > 8<<20 {
			return nil, fmt.Errorf("a frame of %d bytes", size)
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(s.in, data); err != nil {
			return nil, err
		}
		switch opcode := head[0] & 0x0f; opcode {
		case 8:
			return nil, io.EOF
		case 9:
			s.send(10, data)
		case 0, 1:
			text = append(text, data...)
			if head[0]&0x80 != 0 {
				return text, nil
			}
		}
	}
}

type series struct {
	ref        int
	name, kind string
	labels     map[string]string
	value      float64
}

type pause struct {
	Epoch int64
	Scope map[string]string
	State string
}

type frame struct {
	Type, Code, Message string
	Seq, Epoch          int64
	LeaseMs             int64 `json:"lease_ms"`
	RenewMs             int64 `json:"renew_ms"`
	Pauses              []pause
	Names               []string
}

// Link is one bot's. All fields are guarded by the mutex.
type Link struct {
	url, token, bot, process string
	OnPause                  func() object // what it did: cancelled, failed, left_open

	mutex   sync.Mutex
	all     []*series
	socket  *socket
	watched map[string]bool
	epoch   int64
	pauses  []pause
	until   time.Time // holds a monotonic reading: time.Now() does
	sent    map[int64]time.Time
	handled map[int64]bool
	stopped bool
}

func NewLink(url, token, bot string) *Link {
	id := make([]byte, 16)
	rand.Read(id)
	return &Link{url: url, token: token, bot: bot, process: fmt.Sprintf("%x", id),
		handled: map[int64]bool{}, OnPause: func() object { return object{} }}
}

// Counter must be made before Start.
func (l *Link) Counter(name string, labels map[string]string) *series {
	made := &series{ref: len(l.all) + 1, name: name, kind: "counter", labels: labels}
	l.all = append(l.all, made)
	return made
}

// Inc counts one more; Haltwatch is told at once if a pause rule touches the metric.
func (l *Link) Inc(one *series) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	one.value++
	if l.watched[one.name] {
		l.samples([]*series{one}, false)
	}
}

// Allowed tells whether an order may be sent now. What is not named in the scope may be anything.
func (l *Link) Allowed(intent string, scope map[string]string) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if !time.Now().Before(l.until) {
		return false
	}
	for _, one := range l.pauses {
		touches := true
		for _, key := range []string{"venue", "strategy"} {
			touches = touches && (one.Scope[key] == "" || scope[key] == "" || one.Scope[key] == scope[key])
		}
		if touches && (intent != "close" || one.State != "REDUCING") {
			return false
		}
	}
	return true
}

// Run keeps the link until Stop.
func (l *Link) Run() {
	for wait := 100 * time.Millisecond; !l.isStopped(); wait = min(2*wait, 5*time.Second) {
		if err := l.once(); err != nil {
			fmt.Fprintln(os.Stderr, "haltwatch link:", err)
		}
		time.Sleep(wait/2 + time.Duration(time.Now().UnixNano()%int64(wait/2)))
	}
}

func (l *Link) isStopped() bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.stopped
}

func (l *Link) Stop() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.stopped, l.until = true, time.Time{}
	l.send(object{"type": "bye", "reason": "the bot stops"})
}

func (l *Link) once() error {
	s, err := dial(l.url, l.token)
	if err != nil {
		return err
	}
	defer s.Close()
	hello, _ := json.Marshal(object{"type": "hello", "protocol": 1, "bot": l.bot, "process": l.process,
		"version": "go", "wall": time.Now().UnixMilli(), "epoch": l.epoch})
	s.send(1, hello)
	var welcome frame
	if text, err := s.receive(); err != nil {
		return err
	} else if err = json.Unmarshal(text, &welcome); err != nil || welcome.Type != "welcome" {
		return fmt.Errorf("no welcome: %s", text)
	}
	l.mutex.Lock()
	l.socket, l.sent, l.watched = s, map[int64]time.Time{}, set(welcome.Names)
	defined := []any{}
	for _, one := range l.all {
		defined = append(defined, []any{one.ref, one.name, one.labels, one.kind})
	}
	l.send(object{"type": "series", "series": defined})
	l.mutex.Unlock()
	defer func() { // pauses stay; the lease ends by itself
		l.mutex.Lock()
		l.socket, l.watched = nil, nil
		l.mutex.Unlock()
	}()
	go l.beat(s, time.Duration(welcome.RenewMs)*time.Millisecond)
	for {
		text, err := s.receive()
		if err != nil {
			return err
		}
		var told frame
		if err := json.Unmarshal(text, &told); err != nil {
			return err
		}
		l.handle(told)
	}
}

// beat renews the lease and sends everything, again and again.
func (l *Link) beat(s *socket, every time.Duration) {
	for seq := int64(1); ; seq++ {
		l.mutex.Lock()
		if l.socket != s {
			l.mutex.Unlock()
			return
		}
		l.sent[seq] = time.Now() // before it is sent: the lease counts from here
		l.send(object{"type": "renew", "seq": seq})
		l.samples(l.all, true)
		l.mutex.Unlock()
		time.Sleep(every)
	}
}

func (l *Link) handle(told frame) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	switch told.Type {
	case "grant", "pause", "arm":
		if told.Epoch < l.epoch {
			return // of the past: it lifts nothing
		}
		if sent, ok := l.sent[told.Seq]; told.Type == "grant" && ok {
			delete(l.sent, told.Seq)
			l.until = sent.Add(time.Duration(told.LeaseMs) * time.Millisecond)
		}
		l.epoch, l.pauses = told.Epoch, told.Pauses
		before := l.handled
		l.handled = map[int64]bool{}
		for _, one := range told.Pauses {
			l.handled[one.Epoch] = true
			if !before[one.Epoch] {
				l.send(object{"type": "ack", "epoch": one.Epoch, "stage": "received"})
				go l.report(one.Epoch)
			}
		}
	case "watch":
		l.watched = set(told.Names)
	case "error":
		fmt.Fprintln(os.Stderr, "haltwatch link:", told.Code, told.Message)
	}
}

func (l *Link) report(epoch int64) {
	began := time.Now()
	report := l.OnPause()
	report["type"], report["epoch"], report["stage"] = "ack", epoch, "done"
	report["took_ms"] = time.Since(began).Milliseconds()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.send(report)
}

func (l *Link) samples(some []*series, all bool) {
	values := [][2]any{}
	for _, one := range some {
		values = append(values, [2]any{one.ref, one.value})
	}
	l.send(object{"type": "samples", "time": time.Now().UnixMilli(), "all": all, "values": values})
}

func (l *Link) send(message object) {
	if l.socket == nil {
		return
	}
	if text, err := json.Marshal(message); err == nil && l.socket.send(1, text) != nil {
		l.socket.Close()
	}
}

func set(names []string) map[string]bool {
	made := map[string]bool{}
	for _, name := range names {
		made[name] = true
	}
	return made
}

func min(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}

func main() {
	link := NewLink(os.Args[1]+"/api/haltwatch/link", os.Args[2], "go-1")
	failed := link.Counter("orders_failed_total", map[string]string{"venue": "cex"})
	link.OnPause = func() object { return object{"outcome": "done", "cancelled": 2, "failed": 0, "left_open": 0} }
	go link.Run()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		switch word := lines.Text(); word {
		case "fail":
			link.Inc(failed)
		case "open", "closed":
			for link.Allowed("open", nil) != (word == "open") {
				time.Sleep(time.Millisecond)
			}
		case "stop":
			link.Stop()
		}
		answer, _ := json.Marshal(object{"open": link.Allowed("open", nil), "close": link.Allowed("close", nil),
			"atMs": time.Now().UnixMilli()})
		fmt.Println(string(answer))
	}
}
